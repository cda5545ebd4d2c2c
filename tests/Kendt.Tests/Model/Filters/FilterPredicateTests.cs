using System.Text.Json;
using CsCheck;
using Kendt.Model.Filters;
using Kendt.Model.Merging;
using Kendt.Tests.Segments;

namespace Kendt.Tests.ModelFilters;

public sealed class FilterPredicateTests
{
    private static readonly DateTimeOffset Noon = RandomWorld.Noon;

    private static ProfileFacts Facts(params (string Event, string At, string Properties)[] events) => new([],
        events.Select(e => new EventFact(e.Event, At(e.At), JsonDocument.Parse(e.Properties).RootElement)), []);

    private static DateTimeOffset At(string text) => IsoTime.TryParse(text, out var time) ? time : throw new ArgumentException(text, nameof(text));

    private static Judgement Judge(string rule, ProfileFacts facts, DateTimeOffset asOf) => new FilterPredicate(facts, _ => throw new InvalidOperationException(), asOf).Judge(FilterJson.Parse(rule));

    [Fact]
    public void The_answer_stays_until_it_says()
    {
        Gen.Int[0, 1_000_000].Sample(seed =>
        {
            var world = new RandomWorld(seed);
            var people = world.People(30);
            var stored = world.Rules(1, [])[0];
            foreach (var rule in world.Rules(40, ["s"]))
            {
                foreach (var person in people)
                {
                    Judgement Of(DateTimeOffset asOf) => new FilterPredicate(person.Facts, _ => stored, asOf).Judge(rule);
                    var now = Of(Noon);
                    if (now.Until is { } until)
                    {
                        Assert.True(until > Noon);
                        Assert.Equal(now.Holds, Of(until.AddTicks(-1)).Holds);
                        var between = (until - Noon).Ticks;
                        foreach (var part in new[] { 0.1, 0.5, 0.9 }) Assert.Equal(now.Holds, Of(Noon.AddTicks((long)(between * part))).Holds);
                    }
                    else
                    {
                        foreach (var later in new[] { "1h", "3d", "91d", "400d", "36500d" })
                            Assert.Equal(now.Holds, Of(Noon.AddTicks(Duration.TryParse(later, out var span) ? span.Ticks : 0)).Holds);
                    }
                }
            }
        }, iter: 12, seed: "0000Segments0", threads: 1);
    }

    [Fact]
    public void Until_is_the_moment_at_which_a_window_lets_go()
    {
        var facts = Facts(("Buy", "2024-12-01T11:00:00Z", "{}"), ("Buy", "2024-11-30", "{}"));
        Assert.Equal(new(true, At("2024-12-02")), Judge("""{"event":"Buy","within":"2d","count":{"is":2}}""", facts, Noon));
        Assert.Equal(new(true, null), Judge("""{"event":"Buy"}""", facts, Noon));
        Assert.Equal(new(false, null), Judge("""{"event":"Buy","within":"1m"}""", facts, Noon));
        Assert.Equal(new(true, At("2024-12-03T11:00:00Z")), Judge("""{"event":"Buy","last":{"withinLast":"2d"}}""", facts, Noon));
        Assert.Equal(new(false, At("2024-12-02T11:00:00Z")), Judge("""{"all":[{"event":"Buy","within":"1d","count":{"is":0}},{"event":"Buy"}]}""", facts, Noon));
        // What is false for another reason need not be asked again.
        Assert.Equal(new(false, null), Judge("""{"all":[{"event":"Buy","within":"2d"},{"trait":"plan","is":"gold"}]}""", facts, Noon));
        Assert.Equal(new(false, At("2024-12-01T11:00:00Z")), Judge("""{"event":"Buy","count":{"is":2}}""", facts, At("2024-12-01T10:00:00Z")));
    }

    [Theory]
    [InlineData("1984-12-01", "1s", true, "2024-12-02T00:00:00Z")] // all the day
    [InlineData("1984-12-02", "1s", false, "2024-12-01T23:59:59.0000001Z")]
    [InlineData("1984-12-02", "12h", false, "2024-12-01T12:00:00.0000001Z")]
    [InlineData("1984-12-02", "13h", true, "2024-12-03T00:00:00Z")]
    [InlineData("1984-01-01T00:30:00+01:00", "31d", true, "2025-01-01T00:00:00Z")] // the 31st of December in UTC
    [InlineData("1984-02-29", "2124h", false, "2024-12-01T12:00:00.0000001Z")] // the 28th in 2025
    [InlineData("2024-12-01", "30d", false, "2025-11-01T00:00:00.0000001Z")] // the day itself is none
    [InlineData("2024-02-30", "366d", false, null)]
    public void A_day_comes_round_every_year(string born, string within, bool holds, string? until)
    {
        var facts = new ProfileFacts([new TraitFact("born", JsonDocument.Parse($"\"{born}\"").RootElement, At("2024-01-01"), 1)], [], []);
        Assert.Equal(new(holds, until is null ? null : At(until)), Judge($$"""{"trait":"born","anniversaryIn":"{{within}}"}""", facts, Noon));
    }

    [Fact]
    public void Days_weeks_months_and_years_are_those_of_the_calendar()
    {
        var facts = Facts(("Buy", "2023-12-31T23:59:59Z", "{}"), ("Buy", "2024-01-01", "{}"), ("Buy", "2024-01-07T23:00:00Z", "{}"), ("Buy", "2024-01-08", "{}"), ("Buy", "2024-01-08T12:00:00Z", "{}"));
        foreach (var (period, count) in new[] { ("days", 4), ("weeks", 3), ("months", 2), ("years", 2) })
            Assert.True(Judge($$$"""{"event":"Buy","{{{period}}}":{"is":{{{count}}}}}""", facts, Noon).Holds, period);
    }

    [Fact]
    public void A_sample_takes_its_part_of_the_people_and_stays()
    {
        var people = Enumerable.Range(0, 10_000).Select(i => Kendt.Model.ProfileId.For(new("user_id", $"u{i}"), Noon)).ToList();
        bool In(string sample, Kendt.Model.ProfileId id) => Judge($$"""{"sample":"{{sample}}","below":10}""", new([], [], []) { Id = id }, Noon).Holds;
        Assert.InRange(people.Count(p => In("spring", p)), 900, 1100);
        Assert.InRange(people.Count(p => In("spring", p) && In("autumn", p)), 60, 150);
        Assert.Equal(3.4669, SampleRule.Place("spring", new(Guid.Parse("01938217-89bc-7b43-9696-9c88e9433979"))), 3);
    }

    [Fact]
    public void Any_choice_of_events_may_serve_a_sequence()
    {
        // The first View is too early for Buy, the first Buy comes before the mail: only the later ones will do.
        var facts = Facts(("View", "2024-11-01", "{}"), ("Remove", "2024-11-02", "{}"), ("View", "2024-11-03", "{}"), ("Mail", "2024-11-04", "{}"), ("View", "2024-11-04", "{}"),
            ("Mail", "2024-11-06", "{}"), ("Buy", "2024-11-07", "{}"));
        bool Holds(string rest) => Judge($$"""{"sequence":[{"event":"View"},{"event":"Mail","after":"2d"},{"event":"Buy","after":"1d"}]{{rest}}}""", facts, Noon).Holds;
        Assert.True(Holds(""));
        Assert.True(Holds(""","without":{"event":"Remove"}"""));
        Assert.False(Holds(""","without":{"event":"Mail"}"""));
        Assert.True(Holds(",\"within\":\"28d\""));
        Assert.False(Holds(",\"within\":\"27d\""));
    }

    [Theory]
    [InlineData("2024-01-01", "2024-01-01T00:00:00Z")]
    [InlineData("2024-01-01T12:34", "2024-01-01T12:34:00Z")]
    [InlineData("2024-01-01T12:34:56.1234567+05:45", "2024-01-01T06:49:56.1234567Z")]
    [InlineData("2024-02-29T00:00-00:30", "2024-02-29T00:30:00Z")]
    public void Times_are_read_in_their_exact_forms(string text, string moment) => Assert.Equal(DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture), At(text));

    [Theory]
    [InlineData("2023-02-29")]
    [InlineData("1900-02-29")]
    [InlineData("0000-01-01")]
    [InlineData("2024-01-01Z")]
    [InlineData("2024-01-01T12")]
    [InlineData("2024-01-01T12:00.5")]
    [InlineData("2024-01-01T12:00:00.12345678")]
    [InlineData("2024-01-01T24:00")]
    [InlineData("2024-01-01 12:00")]
    [InlineData("2024-01-01\n")]
    [InlineData("２024-01-01")]
    public void Other_texts_are_no_times(string text) => Assert.False(IsoTime.TryParse(text, out _));

    [Fact]
    public void Why_is_said_for_each_condition()
    {
        var facts = Facts(("Buy", "2024-12-01T11:00:00Z", """{"total":12.5}"""));
        var said = new FilterPredicate(facts, _ => throw new InvalidOperationException(), Noon).Explain(FilterJson.Parse("""{"all":[{"event":"Buy","sum":{"of":"total","above":10}},{"not":{"trait":"plan","is":"gold"}}]}"""));
        Assert.True(said.Member);
        Assert.Equal([("all[0].event", true), ("all[1].not.trait", false)], said.Conditions.Select(c => (c.Path, c.Holds)));
        Assert.Equal(["sum of total = 12.5", "1 of 'Buy'", "2024-12-01T11:00:00Z Buy, total = 12.5"], said.Conditions[0].Seen);
        Assert.Empty(said.Conditions[1].Seen);
    }

    [Theory]
    [InlineData("ÅRHUS", "århus")]
    [InlineData("\u212B\u212A", "åk")]
    [InlineData("ΕΛΛΆΔΑ", "ελλάδα")]
    [InlineData("𐐀", "𐐨")]
    [InlineData("ẞ", "ß")]
    [InlineData("Ꭰ\uAB70", "ᎠᎠ")]
    public void Case_is_folded_letter_by_letter(string text, string folded) => Assert.Equal(folded, CaseFold.Fold(text));
}
