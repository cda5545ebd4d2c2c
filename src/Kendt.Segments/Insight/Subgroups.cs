using System.Numerics;
using Kendt.Maths;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Model.Measures;
using Kendt.Store;
using Kendt.Store.Filters;
using Kendt.Store.Measures;

namespace Kendt.Segments.Insight;

/// <summary>People with an unusual measure, found on one half of the people and checked on the other.</summary>
/// <param name="Conditions">What they have in common; all of it holds.</param>
/// <param name="Found">The mean where it was found, and of how many.</param>
/// <param name="Held">The mean of those on whom it was checked, who had no part in the search.</param>
/// <param name="Chance">How often as much comes by chance among those on whom it was checked, all candidates counted.</param>
public sealed record Subgroup(Suggestion Segment, IReadOnlyList<Feature> Conditions, MeanOf Found, MeanOf Held, double Chance);

/// <summary>A mean and of how many it is.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
public readonly record struct MeanOf(double Mean, long People);

/// <summary>What was found.</summary>
/// <param name="Candidates">How many the search brought to the check.</param>
/// <param name="All">The mean of everybody that was looked at.</param>
public sealed record SubgroupReport(DateTimeOffset AsOf, string Measure, MeanOf All, int Candidates, IReadOnlyList<Subgroup> Subgroups);

/// <summary>
/// Subgroup discovery: a beam search over conditions of everything that is known of people, for groups whose measure is
/// unusual (quality by effect and root of size). Those that were found are checked on held-out people, and only those that
/// hold are told, with both figures.
/// </summary>
public sealed class Subgroups(Stores stores)
{
    private const int MostPeople = 40_000, Depth = 3, Beam = 15, Checked = 40, Told = 12, Fewest = 30, MostValues = 20;
    private const double NearlySame = 0.7, MostFalse = 0.05, Narrower = 0.9;

    /// <exception cref="BadInputException">There is no such measure of customers.</exception>
    public async Task<SubgroupReport> RunAsync(string name, DateTimeOffset asOf, CancellationToken cancel)
    {
        asOf = Crowd.Moment(asOf);
        var definition = await stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select definition from measure where name = {name} and level = 'profile'"), r => r.Text(0), cancel), cancel)
            ?? throw new BadInputException($"There is no measure '{name}' of customers. 'kendt measure list' shows them.");
        var measure = MeasureJson.Parse(definition) as EventMeasure ?? throw new BadInputException($"The measure '{name}' is a ratio; name one of events.");
        var sample = await Looked.ChooseAsync(stores, FilterSql.Everyone(asOf), Looked.Nobody, MostPeople, "subgroups", cancel);
        var world = await ReadAsync(await new Crowd(stores).ScopeAsync(sample, null, asOf, cancel), measure, asOf, cancel);
        var everybody = new MeanOf(world.People == 0 ? 0 : world.Values.Average(), world.People);
        var found = Search(world);
        var (held, tests) = (found.ConvertAll(f => world.Look(f, world.Checked)), found.ConvertAll(f => world.Chance(f, world.Checked)));
        var falseParts = Discoveries.FalseParts(tests);
        var kept = new List<(int[] Group, int Place)>();
        for (var i = 0; i < found.Count && kept.Count < Told; i++)
        {
            var looked = world.Look(found[i], world.Searched);
            var isHeld = falseParts[i] <= MostFalse && held[i].People >= Fewest && Math.Sign(held[i].Mean - everybody.Mean) == Math.Sign(looked.Mean - everybody.Mean);
            if (isHeld && kept.TrueForAll(k => world.Jaccard(k.Group, found[i]) < NearlySame)) kept.Add((found[i], i));
        }
        var rules = kept.ConvertAll(k => k.Group.Length == 1 ? world.Features[k.Group[0]].Rule! : new All([.. k.Group.Select(f => world.Features[f].Rule!)]));
        var figures = await RuleFigures.OfAsync(stores, rules, measure, asOf, cancel);
        var sum = everybody.Mean * sample.All;
        return new(asOf, name, everybody, found.Count, [.. kept.Select((k, i) => new Subgroup(new($"subgroup-{i + 1}", rules[i], figures[i].People, figures[i].Mean, sum > 0 ? Math.Min(1, figures[i].Sum / sum) : 0),
            [.. k.Group.Select(f => world.Features[f])], world.Look(k.Group, world.Searched), held[k.Place], falseParts[k.Place]))]);
    }

    // Conditions are added to the best groups so far; a group is a rising list of features.
    private static List<int[]> Search(Population world)
    {
        var best = new PriorityQueue<int[], double>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        List<int[]> beam = [[]];
        for (var depth = 1; depth <= Depth; depth++)
        {
            var next = new List<(int[] Group, double Quality)>();
            foreach (var group in beam)
            {
                for (var f = 0; f < world.Features.Count; f++)
                {
                    if (group.Contains(f) || group.Any(g => world.Features[g].Subject == world.Features[f].Subject && world.Features[g].Kind == world.Features[f].Kind)) continue;
                    int[] wider = [.. group.Append(f).Order()];
                    if (!seen.Add(string.Join(',', wider))) continue;
                    // A condition that hardly anybody fails says nothing more.
                    if (group.Length > 0 && world.Size(wider) > Narrower * world.Size(group)) continue;
                    if (world.Quality(wider, world.Searched) is { } quality) next.Add((wider, quality));
                }
            }
            next.Sort((a, b) => b.Quality.CompareTo(a.Quality));
            foreach (var (group, quality) in next.Take(Checked))
            {
                best.Enqueue(group, quality);
                if (best.Count > Checked) best.Dequeue();
            }
            beam = [.. next.Take(Beam).Select(n => n.Group)];
        }
        var found = new List<int[]>();
        while (best.TryDequeue(out var group, out _)) found.Insert(0, group);
        return found;
    }

    private async Task<Population> ReadAsync(FactScope scope, EventMeasure measure, DateTimeOffset asOf, CancellationToken cancel)
    {
        var half = Sql.Of($"{ValueSql.SamplePlace("subgroups-half")} < 50");
        var people = await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            with {FactSql.Who(scope)}
            select p.profile_id, p.searched, {(measure.Calculation.IsZeroWithoutEvents ? Sql.Of($"coalesce(m.value, 0)") : Sql.Of($"m.value"))} from (select profile_id, {half} as searched from who) as p
            left join ({MeasureSql.Of(measure, new(MeasureLevel.Profile), asOf, TimeZoneInfo.Utc)}) as m on m.subject = p.profile_id order by p.profile_id
            """), r => (Id: r.ProfileId(0), Searched: r.Bool(1), Value: r.DoubleOrNull(2)), cancel), cancel);
        people.RemoveAll(p => p.Value is null);
        // What the measure is made of would be found again; so would other measures of the same events.
        var same = (await stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select name, definition from measure"), r => (Name: r.Text(0), Measure: MeasureJson.Parse(r.Text(1))), cancel), cancel))
            .Where(m => m.Measure is EventMeasure e && e.Match.Name == measure.Match.Name).Select(m => m.Name).ToHashSet(StringComparer.Ordinal);
        bool IsOther(Feature f) => f.Kind is FeatureKind.Measure ? !same.Contains(f.Subject) : f.Kind is not (FeatureKind.Done or FeatureKind.Recency or FeatureKind.Frequency) || f.Subject != measure.Match.Name;
        var places = people.Select((p, i) => (p.Id, i)).ToDictionary(p => p.Id, p => p.i);
        var facts = new Dictionary<(string Kind, string Subject, string Value), List<int>>();
        await stores.Warehouse.ReadAsync(async s =>
        {
            await foreach (var (kind, subject, value, id) in s.QueryAsync(Sql.Of($"with {FactSql.Who(scope)}, {FactSql.Facts(scope)} select kind, subject, value, profile_id from fact where kind not in ('weekday', 'source', 'segment')"), r => (r.Text(0), r.Text(1), r.Text(2), r.ProfileId(3)), cancel))
            {
                if (!places.TryGetValue(id, out var at)) continue;
                if (!facts.TryGetValue((kind, subject, value), out var who)) facts[(kind, subject, value)] = who = [];
                who.Add(at);
            }
        }, cancel);
        var bands = scope.Bands.ToDictionary(b => (b.Kind, b.Subject));
        var features = facts.SelectMany(f => Features.Of(f.Key.Kind, f.Key.Subject, f.Key.Value, bands).Select(feature => (Feature: feature, Who: f.Value))).Where(f => IsOther(f.Feature))
            .GroupBy(f => (f.Feature.Kind, f.Feature.Subject, f.Feature.Value)).Select(g => (g.First().Feature, Lists: g.Select(f => f.Who).ToList(), Count: g.Sum(f => f.Who.Count)))
            .Where(f => f.Count >= Fewest && f.Count <= 0.9 * people.Count)
            .GroupBy(f => (f.Feature.Kind, f.Feature.Subject)).SelectMany(g => g.OrderByDescending(f => f.Count).ThenBy(f => f.Feature.Value, StringComparer.Ordinal).Take(MostValues))
            .OrderBy(f => f.Feature.Kind).ThenBy(f => f.Feature.Subject, StringComparer.Ordinal).ThenBy(f => f.Feature.Value, StringComparer.Ordinal).ToList();
        var world = new Population([.. people.Select(p => p.Value!.Value)], [.. people.Select(p => p.Searched)], features.ConvertAll(f => f.Feature));
        for (var f = 0; f < features.Count; f++)
            foreach (var at in features[f].Lists.SelectMany(l => l)) world.Has[f].Set(at);
        return world;
    }

    /// <summary>People as bits: a row of bits for each feature.</summary>
    private sealed class Population
    {
        private readonly double[] _logs;
        private (long Count, double Mean, double Variance)? _ofSearched;

        public Population(double[] values, bool[] searched, IReadOnlyList<Feature> features)
        {
            (Values, Features) = (values, features);
            var least = values.Length == 0 ? 0 : Math.Min(0, values.Min());
            _logs = [.. values.Select(v => Math.Log(1 + v - least))];
            (Searched, Checked) = (new Bits(values.Length), new Bits(values.Length));
            for (var i = 0; i < searched.Length; i++) (searched[i] ? Searched : Checked).Set(i);
            Has = [.. features.Select(_ => new Bits(values.Length))];
        }

        public double[] Values { get; }
        public IReadOnlyList<Feature> Features { get; }
        public Bits Searched { get; }
        public Bits Checked { get; }
        public Bits[] Has { get; }
        public long People => Values.Length;

        /// <summary>How many are in a group among those it is searched on.</summary>
        public long Size(int[] group) => Inside(group, Searched).Count;

        public MeanOf Look(int[] group, Bits among)
        {
            var inside = Inside(group, among);
            var (sum, count) = (0.0, 0L);
            foreach (var i in inside.Places()) (sum, count) = (sum + Values[i], count + 1);
            return new(count == 0 ? 0 : sum / count, count);
        }

        /// <summary>Distance of the mean logarithm from that of all, by the root of the size; null for too few, or nearly all.</summary>
        public double? Quality(int[] group, Bits among)
        {
            var (n, mean, _) = Moments(Inside(group, among));
            var (all, whole, variance) = among == Searched ? _ofSearched ??= Moments(among) : Moments(among);
            return n < Fewest || n > 0.8 * all || variance == 0 ? null : Math.Abs(mean - whole) / Math.Sqrt(variance) * Math.Sqrt(n);
        }

        /// <summary>The chance of as large a difference of mean logarithms between those inside and the rest (Welch).</summary>
        public double Chance(int[] group, Bits among)
        {
            var inside = Inside(group, among);
            var (n, mean, variance) = Moments(inside);
            var (m, other, otherVariance) = Moments(among.Without(inside));
            var error = (variance / Math.Max(1, n)) + (otherVariance / Math.Max(1, m));
            return n < 2 || m < 2 || error == 0 ? 1 : Normal.TwoTails((mean - other) / Math.Sqrt(error));
        }

        public double Jaccard(int[] a, int[] b)
        {
            var (left, right) = (Inside(a, Searched), Inside(b, Searched));
            long both = left.And(right).Count, either = left.Count + right.Count - both;
            return either == 0 ? 1 : both / (double)either;
        }

        private Bits Inside(int[] group, Bits among) => group.Aggregate(among, (bits, f) => bits.And(Has[f]));

        private (long Count, double Mean, double Variance) Moments(Bits bits)
        {
            // The one loop that the search spends its time in.
            var (count, sum, squares) = (0L, 0.0, 0.0);
            var words = bits.Words;
            for (var w = 0; w < words.Length; w++)
            {
                for (var word = words[w]; word != 0; word &= word - 1)
                {
                    var log = _logs[(w << 6) + BitOperations.TrailingZeroCount(word)];
                    (count, sum, squares) = (count + 1, sum + log, squares + (log * log));
                }
            }
            return count == 0 ? (0, 0, 0) : (count, sum / count, Math.Max(0, (squares / count) - (sum / count * (sum / count))));
        }
    }

    /// <summary>A set of small numbers.</summary>
    private sealed class Bits(int length)
    {
        private readonly ulong[] _words = new ulong[(length + 63) / 64];

        public ReadOnlySpan<ulong> Words => _words;

        public long Count => _words.Sum(w => (long)BitOperations.PopCount(w));

        public void Set(int at) => _words[at >> 6] |= 1UL << (at & 63);

        public Bits And(Bits other) => Joined(other, (a, b) => a & b);

        public Bits Without(Bits other) => Joined(other, (a, b) => a & ~b);

        public IEnumerable<int> Places()
        {
            for (var w = 0; w < _words.Length; w++)
                for (var word = _words[w]; word != 0; word &= word - 1) yield return (w << 6) + BitOperations.TrailingZeroCount(word);
        }

        private Bits Joined(Bits other, Func<ulong, ulong, ulong> how)
        {
            var joined = new Bits(length);
            for (var w = 0; w < _words.Length; w++) joined._words[w] = how(_words[w], other._words[w]);
            return joined;
        }
    }
}
