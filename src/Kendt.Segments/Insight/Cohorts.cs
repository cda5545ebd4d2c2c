using System.Globalization;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Model.Measures;
using Kendt.Store;
using Kendt.Store.Filters;

namespace Kendt.Segments.Insight;

/// <summary>What cohorts are asked for.</summary>
/// <param name="First">Whose first such event puts a person into a cohort.</param>
/// <param name="Back">What counts as coming back.</param>
/// <param name="Unit">day, week, month or quarter of the workspace's calendar.</param>
/// <param name="Periods">How many, the one that goes on now included.</param>
/// <param name="Segment">Only its members; null for everybody.</param>
public sealed record CohortQuestion(EventMatch First, EventMatch Back, string Unit, int Periods, string? Segment);

/// <summary>People who began in one period, and those of them who came back in it and in each later one.</summary>
/// <param name="Rule">Who they are.</param>
/// <param name="Back">By the number of periods since, the first being 0: the same period.</param>
public sealed record Cohort(DateTimeOffset From, DateTimeOffset To, long People, Filter Rule, IReadOnlyList<CohortCell> Back);

/// <summary>Those of a cohort who came back in one period.</summary>
/// <param name="IsOver">The period has ended, so that the number stays.</param>
public sealed record CohortCell(long People, bool IsOver, Filter Rule);

/// <summary>Cohorts, the oldest first.</summary>
/// <param name="Average">The part that came back so many periods later, over the cohorts for which that period is over; null where there is none.</param>
public sealed record CohortReport(DateTimeOffset AsOf, CohortQuestion Question, IReadOnlyList<Cohort> Cohorts, IReadOnlyList<double?> Average);

/// <summary>Retention: who came back how long after they began. Each number is a rule over two windows.</summary>
public sealed class Cohorts(Stores stores, Catalogue catalogue, Membership membership, TimeZoneInfo zone)
{
    public const int MostPeriods = 53;

    private static readonly string[] Units = ["day", "week", "month", "quarter"];

    /// <exception cref="BadInputException">The unit, the number of periods or the segment cannot be.</exception>
    public async Task<CohortReport> RunAsync(CohortQuestion question, DateTimeOffset asOf, CancellationToken cancel)
    {
        if (!Units.Contains(question.Unit)) throw new BadInputException($"Cohorts go by {string.Join(", ", Units)}; '{question.Unit}' is none.");
        if (question.Periods is < 2 or > MostPeriods) throw new BadInputException($"Cohorts are of 2 to {MostPeriods} periods; {question.Periods} were asked for.");
        if (question.Segment is { } name && await catalogue.FindAsync(name, cancel) is null) throw new BadInputException($"There is no segment '{name}'. 'kendt segment list' shows them.");
        if (question.Segment is not null) await membership.CopyAsync(cancel);
        asOf = Crowd.Moment(asOf);
        var ends = Ends(question, asOf);
        var among = question.Segment is null ? null : Crowd.Members(question.Segment);
        var counts = (await stores.Warehouse.ReadAsync(s => s.ListAsync(CohortSql.Of(question.First, question.Back, ends, among, asOf), r => (Began: r.Int(0), Back: r.IsNull(1) ? -1 : r.Int(1), People: r.Long(2)), cancel), cancel))
            .ToDictionary(r => (r.Began, r.Back), r => r.People);
        var cohorts = Enumerable.Range(0, question.Periods).Select(c => new Cohort(ends[c], ends[c + 1], counts.GetValueOrDefault((c, -1)), Rule(question, ends, c, null),
            [.. Enumerable.Range(c, question.Periods - c).Select(p => new CohortCell(counts.GetValueOrDefault((c, p)), ends[p + 1] <= asOf, Rule(question, ends, c, p)))])).ToList();
        return new(asOf, question, cohorts, [.. Enumerable.Range(0, question.Periods).Select(since =>
        {
            var over = cohorts.Where(c => c.Back.Count > since && c.Back[since].IsOver).ToList();
            var people = over.Sum(c => c.People);
            return people == 0 ? (double?)null : over.Sum(c => c.Back[since].People) / (double)people;
        })]);
    }

    private List<DateTimeOffset> Ends(CohortQuestion question, DateTimeOffset asOf)
    {
        var period = new CalendarPeriod(false, question.Unit);
        var (from, to, _) = period.At(asOf, zone);
        List<DateTimeOffset> ends = [from, to];
        while (ends.Count <= question.Periods) ends.Insert(0, period.At(ends[0].AddTicks(-1), zone).From);
        return ends;
    }

    private static All Rule(CohortQuestion question, List<DateTimeOffset> ends, int cohort, int? back)
    {
        List<Filter> rules = [Did(question.First, ends[cohort], ends[cohort + 1]), new Not(Did(question.First, null, ends[cohort]))];
        if (back is { } period) rules.Add(Did(question.Back, ends[period], ends[period + 1]));
        if (question.Segment is { } segment) rules.Add(new InSegment(segment));
        return new(rules);
    }

    private static EventRule Did(EventMatch match, DateTimeOffset? from, DateTimeOffset to) => new(match, new(null, from is { } start ? Iso(start) : null, Iso(to)), Aggregate.Once);

    private static IsoTime Iso(DateTimeOffset at) => IsoTime.TryParse(at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), out var time) ? time : throw new InvalidOperationException("A moment has an ISO form.");
}
