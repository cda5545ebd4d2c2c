using Kendt.Model;
using Kendt.Model.Measures;

namespace Kendt.Tests.Model.Measures;

public sealed class MeasureJsonTests
{
    [Theory]
    [InlineData("""{}""", "The measure", "event or ratio")]
    [InlineData("""{"event":"A","sum":{}}""", "sum", "'of'")]
    [InlineData("""{"event":"A","sum":{"of":"x"},"count":{}}""", "count", "cannot stand")]
    [InlineData("""{"event":"A","within":"0d"}""", "within", "positive")]
    [InlineData("""{"event":"A","within":"365000d"}""", "within", "36500d")]
    [InlineData("""{"event":"A","during":"this fortnight"}""", "during", "this week")]
    [InlineData("""{"event":"A","within":"1d","during":"today"}""", "The measure", "one kind of window")]
    [InlineData("""{"event":"A","from":"2026-02-01","to":"2026-01-01"}""", "to", "not after")]
    [InlineData("""{"event":"A","medain":{"of":"x"}}""", "medain", "percentile")]
    [InlineData("""{"event":"A","percentile":{"of":"x","at":101}}""", "percentile.at", "0 to 100")]
    [InlineData("""{"event":"A","streak":{"unit":"hour"}}""", "streak.unit", "month")]
    [InlineData("""{"event":"A","where":[{"property":"p","withinLast":"1d"}]}""", "event.where", "withinLast")]
    [InlineData("""{"ratio":{"of":{"event":"A"}}}""", "ratio", "'to'")]
    [InlineData("""{"ratio":{"of":{"event":"A"},"to":{"event":"B"},"x":1}}""", "ratio.x", "of and to")]
    [InlineData("""[]""", "The measure", "a list")]
    public void A_fault_names_its_place_and_how_to_mend_it(string json, string place, string hint)
    {
        var fault = Assert.Throws<BadInputException>(() => MeasureJson.Parse(json));
        Assert.StartsWith(place + ":", fault.Message, StringComparison.Ordinal);
        Assert.Contains(hint, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_read_is_written_and_read_again()
    {
        foreach (var template in MeasureTemplates.All)
        {
            var text = MeasureJson.Write(MeasureJson.Parse(template.Json));
            Assert.Equal(text, MeasureJson.Write(MeasureJson.Parse(text)));
        }
        const string All = """{"event":"A","where":[{"property":"p.q","is":"x"}],"during":"last quarter","percentile":{"of":"total","at":12.5}}""";
        Assert.Equal(All, MeasureJson.Write(MeasureJson.Parse(All)));
    }

    [Theory]
    [InlineData("today", "2026-03-29T00:30:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")] // the clock goes forward: a day of 23 hours
    [InlineData("this month", "2026-03-31T21:59:59Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z")]
    [InlineData("last week", "2026-01-01T12:00:00Z", "2025-12-21T23:00:00Z", "2025-12-28T23:00:00Z")]
    [InlineData("last quarter", "2026-02-01T00:00:00Z", "2025-09-30T22:00:00Z", "2025-12-31T23:00:00Z")]
    [InlineData("last year", "2026-12-31T23:30:00Z", "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z")] // 2027 has begun in Copenhagen
    public void Periods_are_those_of_the_time_zone(string period, string asOf, string from, string to)
    {
        var found = CalendarPeriod.Parse(period)!.At(DateTimeOffset.Parse(asOf, System.Globalization.CultureInfo.InvariantCulture), TimeZoneInfo.FindSystemTimeZoneById("Europe/Copenhagen"));
        Assert.Equal((from, to), ($"{found.From:yyyy-MM-ddTHH:mm:ssZ}", $"{found.To:yyyy-MM-ddTHH:mm:ssZ}"));
    }
}
