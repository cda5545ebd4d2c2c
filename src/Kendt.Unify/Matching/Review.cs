using System.Runtime.InteropServices;
using Kendt.Maths;
using Kendt.Unify.Matching.Rules;

namespace Kendt.Unify.Matching;

/// <summary>A pair that a person should look at.</summary>
/// <param name="Left">The row of the one.</param>
/// <param name="Right">The row of the other.</param>
/// <param name="Weight">The logarithm (base 2) of the odds that they are one.</param>
/// <param name="Likewise">How many uncertain pairs compare in the same way, this one among them: the answer says something of them too.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ReviewPair(int Left, int Right, double Weight, int Likewise);

/// <summary>
/// Orders uncertain pairs by what their answers would teach: a pair near the threshold teaches more than one far from it, one that compares as
/// many others do more than a curiosity, and the second of its kind less than the first.
/// </summary>
internal static class Review
{
    /// <summary>Bits above and below the threshold that are uncertain.</summary>
    public const double Band = 6;

    // How much less each further pair of a kind teaches.
    private const double Again = 0.5;

    public static IReadOnlyList<ReviewPair> Of(RecordSet records, Edges edges, Scorer scorer, IEnumerable<RowPair> answered, int most)
    {
        var known = answered.Select(p => (Math.Min(p.Left, p.Right), Math.Max(p.Left, p.Right))).ToHashSet();
        var kinds = new Dictionary<ulong, Kind>();
        Span<byte> levels = stackalloc byte[FieldMaker.Most];
        for (var at = edges.FirstBelow(edges.Threshold + Band); at < edges.All.Length && edges.All[at].Weight > edges.Threshold - Band; at++)
        {
            var edge = edges.All[at];
            if (edge.Rule != RuleSet.None || known.Contains(Rows(edge))) continue;
            scorer.Compare(edge.Left, edge.Right, levels);
            ref var kind = ref CollectionsMarshal.GetValueRefOrAddDefault(kinds, Hash.Of(levels[..records.Width]), out _);
            kind ??= new();
            var worth = Worth(edge.Weight - edges.Threshold);
            kind.Sum += worth;
            kind.Pairs.Add((worth, at));
        }
        var queue = new PriorityQueue<(Kind Kind, int Taken), (double, int)>();
        foreach (var kind in kinds.Values)
        {
            kind.Pairs.Sort(static (a, b) => b.Worth.CompareTo(a.Worth) is not 0 and var order ? order : a.At.CompareTo(b.At));
            queue.Enqueue((kind, 0), (-kind.Sum, kind.Pairs[0].At));
        }
        var found = new List<ReviewPair>();
        while (found.Count < most && queue.TryDequeue(out var next, out var rank))
        {
            var (kind, taken) = next;
            var edge = edges.All[kind.Pairs[taken].At];
            var (left, right) = Rows(edge);
            found.Add(new(left, right, edge.Weight, kind.Pairs.Count));
            if (++taken < kind.Pairs.Count) queue.Enqueue((kind, taken), (rank.Item1 * Again, kind.Pairs[taken].At));
        }
        return found;

        (int, int) Rows(Edge edge) => (Math.Min(records.Rows[edge.Left], records.Rows[edge.Right]), Math.Max(records.Rows[edge.Left], records.Rows[edge.Right]));
    }

    // 1 at the threshold, a fifth 6 bits from it.
    private static double Worth(double bits)
    {
        var half = 1 / (1 + Math.Pow(2, -bits / 2));
        return 4 * half * (1 - half);
    }

    private sealed class Kind
    {
        public double Sum { get; set; }

        public List<(double Worth, int At)> Pairs { get; } = [];
    }
}
