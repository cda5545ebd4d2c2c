using System.Runtime.InteropServices;
using Kendt.Maths;
using Kendt.Unify.Matching.Reading;
using Kendt.Unify.Matching.Rules;

namespace Kendt.Unify.Matching;

/// <summary>What was found between two sources, or within one where both are the same; null names rows without a source.</summary>
/// <param name="Rows">Rows of the left source.</param>
/// <param name="Matched">Rows of the left source whose cluster has another row, of the right source.</param>
/// <param name="Pairs">Pairs that counted as one.</param>
/// <param name="ByRule">Of these, those of rules.</param>
/// <param name="Refused">Pairs that counted as one and were kept apart.</param>
public sealed record SourceNumbers(string? Left, string? Right, int Rows, int Matched, int Pairs, int ByRule, int Refused);

/// <summary>A cluster that may be several persons.</summary>
/// <param name="Cluster">Its number.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Density">Of all pairs of its rows, the share that counted as one by itself.</param>
/// <param name="Bridge">Two rows whose link alone holds two parts of two rows or more together.</param>
/// <param name="IsLarge">Whether it is much larger than nearly all others.</param>
public sealed record Alarm(int Cluster, int Rows, double Density, RowPair? Bridge, bool IsLarge);

/// <summary>Looks at clusters as a whole: numbers by source, and what looks fused.</summary>
internal static class Alarms
{
    // A cluster of so many rows is looked at; one is loose if fewer of its pairs than this agree, large if it is so many times the usual.
    private const int Looked = 4, Most = 1000;
    private const double Loose = 0.4, Larger = 3;

    public static IReadOnlyList<SourceNumbers> BySource(RecordSet records, Edges edges, Clusters clusters, Column? column)
    {
        var sources = records.Sources ?? new int[records.Count];
        var names = Math.Max(1, (column?.Distinct ?? 0) + 1);
        var counts = new Counts[names * names];
        var rows = new int[names];
        foreach (var source in sources) rows[source]++;
        foreach (var edge in Counting(edges))
        {
            ref var count = ref At(edge.Left, edge.Right);
            count.Pairs++;
            if (edge.Rule != RuleSet.None) count.ByRule++;
        }
        foreach (var refused in clusters.Refused) At(refused.Left, refused.Right).Refused++;
        var (members, starts) = Members(clusters);
        var present = new int[names];
        for (var cluster = 0; cluster < clusters.Count; cluster++)
        {
            var some = members.AsSpan(starts[cluster]..starts[cluster + 1]);
            if (some.Length == 1) continue;
            foreach (var record in some) present[sources[record]]++;
            foreach (var record in some)
            {
                for (var other = 0; other < names; other++) if (present[other] > (other == sources[record] ? 1 : 0)) counts[sources[record] * names + other].Matched++;
            }
            foreach (var record in some) present[sources[record]] = 0;
        }
        return
        [
            .. from left in Enumerable.Range(0, names)
               from right in Enumerable.Range(0, names)
               where rows[left] > 0 && rows[right] > 0
               let both = counts[Math.Min(left, right) * names + Math.Max(left, right)]
               select new SourceNumbers(Name(left), Name(right), rows[left], counts[left * names + right].Matched, both.Pairs, both.ByRule, both.Refused),
        ];

        ref Counts At(int left, int right) => ref counts[Math.Min(sources[left], sources[right]) * names + Math.Max(sources[left], sources[right])];

        string? Name(int source) => source == 0 || column is null ? null : System.Text.Encoding.UTF8.GetString(column.Value(source));
    }

    public static IReadOnlyList<Alarm> Of(RecordSet records, Edges edges, Clusters clusters)
    {
        var (members, starts) = Members(clusters);
        var sizes = new int[clusters.Count];
        for (var cluster = 0; cluster < sizes.Length; cluster++) sizes[cluster] = starts[cluster + 1] - starts[cluster];
        // The size that one cluster in a thousand of those with several rows has.
        int[] several = [.. sizes.Where(s => s > 1).Order()];
        var usual = several.Length == 0 ? Looked : Math.Max(Looked, several[(int)(0.999 * (several.Length - 1))]);
        var ties = new Dictionary<int, List<Edge>>();
        foreach (var edge in Counting(edges))
        {
            var cluster = clusters.OfRecord[edge.Left];
            if (sizes[cluster] < Looked || cluster != clusters.OfRecord[edge.Right]) continue;
            if (!ties.TryGetValue(cluster, out var known)) ties[cluster] = known = [];
            known.Add(edge);
        }
        var alarms = new List<Alarm>();
        foreach (var (cluster, own) in ties)
        {
            var size = sizes[cluster];
            var density = own.Count / (size * (size - 1) / 2.0);
            var bridge = size <= Most ? Bridge(members.AsSpan(starts[cluster]..starts[cluster + 1]), own) : null;
            var large = size > Larger * usual;
            if (!large && bridge is null && (density >= Loose || size == Looked)) continue;
            alarms.Add(new(cluster, size, density, bridge is { } edge ? new(records.Rows[edge.Left], records.Rows[edge.Right]) : null, large));
        }
        return [.. alarms.OrderByDescending(a => a.Rows).ThenBy(a => a.Density).ThenBy(a => a.Cluster)];
    }

    // The link that holds the two largest parts together, each of two rows or more.
    private static Edge? Bridge(ReadOnlySpan<int> members, List<Edge> ties)
    {
        var numbers = new Dictionary<int, int>();
        foreach (var member in members) numbers[member] = numbers.Count;
        var found = Bridges.Find(members.Length, [.. ties.Select(t => (numbers[t.Left], numbers[t.Right]))])
            .Select(b => (b.Edge, Smaller: Math.Min(b.Beyond, b.Part - b.Beyond))).Where(b => b.Smaller > 1).ToList();
        return found.Count == 0 ? null : ties[found.OrderByDescending(b => b.Smaller).ThenBy(b => b.Edge).First().Edge];
    }

    private static IEnumerable<Edge> Counting(Edges edges) => edges.All.TakeWhile(e => e.Rule != RuleSet.None || e.Weight >= edges.Threshold);

    private static (int[] Members, int[] Starts) Members(Clusters clusters)
    {
        var starts = new int[clusters.Count + 1];
        foreach (var cluster in clusters.OfRecord) starts[cluster + 1]++;
        for (var cluster = 0; cluster < clusters.Count; cluster++) starts[cluster + 1] += starts[cluster];
        var next = starts.AsSpan(0, clusters.Count).ToArray();
        var members = new int[clusters.OfRecord.Length];
        for (var record = 0; record < members.Length; record++) members[next[clusters.OfRecord[record]]++] = record;
        return (members, starts);
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Counts
    {
        public int Matched, Pairs, ByRule, Refused;
    }
}
