using Kendt.Maths;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Store;

namespace Kendt.Segments.Insight;

/// <summary>What sets the members of a segment apart from all who are looked at.</summary>
/// <param name="All">Everybody, or the members of the other segment.</param>
/// <param name="Looked">Of how many of those the features were looked at; where it is fewer, counts are estimates, and the intervals say how good.</param>
/// <param name="Asked">Features that were looked into; with so many, some differ by chance.</param>
/// <param name="Findings">Those that differ by more than chance, the most surprising first; of all these one in twenty may be false.</param>
public sealed record ApartReport(DateTimeOffset AsOf, string Segment, string? Among, long All, long Members, long Looked, int Asked, IReadOnlyList<Finding> Findings);

/// <summary>A feature that members have more or less often than all.</summary>
/// <param name="Index">100 where members are like all; few members are drawn towards 100.</param>
/// <param name="Low">The lower end of an interval that has the true index in it 19 times of 20.</param>
/// <param name="Bits">How surprising it is.</param>
/// <param name="FalsePart">The part of false findings among all at least as sure.</param>
/// <param name="IsOwn">The segment's own rule looks at this, or it is nearly the same people: no news.</param>
public sealed record Finding(Feature Feature, TwoSets Sets, double Index, double Low, double High, double Bits, double FalsePart, bool IsOwn);

/// <summary>
/// Looks into every trait, number, measure, habit, weekday, source and other segment, by one statement, and tells which of
/// them members have more or less often than all, with what chance makes of it.
/// </summary>
public sealed class Apart(Stores stores, Catalogue catalogue, Membership membership)
{
    /// <summary>Of all findings one in twenty may be false.</summary>
    public const double MostFalse = 0.05;

    /// <summary>Of so many members, and so many others, features are looked at unless more are asked for.</summary>
    public const int Usual = Looked.Usual;

    // Two sets that share so much of either are one for whoever reads.
    private const double NearlySame = 0.9;

    /// <param name="among">A segment whose members are looked at instead of everybody; null for everybody.</param>
    /// <param name="most">Of how many members, and how many others, the features are looked at; null for all.</param>
    /// <exception cref="BadInputException">There is no such segment.</exception>
    public async Task<ApartReport> RunAsync(string segment, string? among, int? most, DateTimeOffset asOf, CancellationToken cancel)
    {
        var stored = (await catalogue.ListAsync(cancel)).ToDictionary(s => s.Name, s => s.Rule, StringComparer.Ordinal);
        foreach (var name in new[] { segment, among }.OfType<string>())
            if (!stored.ContainsKey(name)) throw new BadInputException($"There is no segment '{name}'. 'kendt segment list' shows them.");
        if (segment == among) throw new BadInputException("A segment cannot be compared with itself; name another, or none for everybody.");
        await membership.CopyAsync(cancel);
        asOf = Crowd.Moment(asOf);
        var crowd = new Crowd(stores);
        var looked = await Looked.ChooseAsync(stores, among is null ? FilterSql.Everyone(asOf) : Crowd.Members(among), Crowd.Members(segment), most, "insight", cancel);
        // Everybody needs not be picked out.
        if (most is null && among is null) looked = looked with { Whose = Sql.Of($"profile_id is not null") };
        var features = await crowd.CountAsync(await crowd.ScopeAsync(looked, segment, asOf, cancel), cancel);
        var own = await OwnAsync(stored[segment], stored, cancel);
        var sets = features.ConvertAll(f => looked.Sets(f.Both, f.Having - f.Both));
        var falseParts = Discoveries.FalseParts([.. sets.Select(s => s.Seen.Chance)]);
        return new(asOf, segment, among, looked.All, looked.Members, looked.OfMembers + looked.OfOthers, features.Count, [.. features.Select((f, i) => Of(f.Feature, sets[i], falseParts[i], own))
            .Where(f => f.FalsePart <= MostFalse).OrderByDescending(f => f.Bits).ThenBy(f => f.Feature.Subject, StringComparer.Ordinal)]);
    }

    private static Finding Of(Feature feature, TwoSetsOf sets, double falsePart, OwnSubjects own)
    {
        var (ratio, low, high) = sets.Lean();
        return new(feature, sets.All, 100 * ratio, 100 * low, 100 * high, sets.Seen.Bits, falsePart, own.Has(feature) || sets.All.Jaccard >= NearlySame);
    }

    private async Task<OwnSubjects> OwnAsync(Filter rule, IReadOnlyDictionary<string, Filter> stored, CancellationToken cancel)
    {
        var known = await MeasureRules.OfAsync(stores, [.. stored.Values], cancel);
        var expanded = References.Closure(rule, stored).Select(r => FilterMeasures.Expand(r, known)).ToList();
        // A segment that looks at the same trait or event says the same once more.
        var (traits, events) = (expanded.SelectMany(FilterLeaves.Traits).ToHashSet(StringComparer.Ordinal), expanded.SelectMany(FilterLeaves.Events).ToHashSet(StringComparer.Ordinal));
        var segments = References.Names(rule, stored);
        foreach (var (name, other) in stored)
        {
            var looks = References.Closure(other, stored).Select(r => FilterMeasures.Expand(r, known)).ToList();
            if (looks.SelectMany(FilterLeaves.Traits).Any(traits.Contains) || looks.SelectMany(FilterLeaves.Events).Any(events.Contains)) segments.Add(name);
        }
        var measures = (await stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select name, definition from measure where level = 'profile'"), r => (Name: r.Text(0), Measure: Model.Measures.MeasureJson.Parse(r.Text(1))), cancel), cancel))
            .Where(m => m.Measure is Model.Measures.EventMeasure e && events.Contains(e.Match.Name)).Select(m => m.Name).ToHashSet(StringComparer.Ordinal);
        return new(traits, events, segments, measures);
    }

    private sealed record OwnSubjects(HashSet<string> Traits, HashSet<string> Events, HashSet<string> Segments, HashSet<string> Measures)
    {
        public bool Has(Feature feature) => feature.Kind switch
        {
            FeatureKind.Trait or FeatureKind.Number => Traits.Contains(feature.Subject.Split('.')[0]),
            FeatureKind.Measure => Measures.Contains(feature.Subject),
            FeatureKind.Done or FeatureKind.Recency or FeatureKind.Frequency => Events.Contains(feature.Subject),
            FeatureKind.Segment => Segments.Contains(feature.Subject),
            _ => false,
        };
    }
}
