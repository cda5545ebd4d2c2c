using System.Runtime.InteropServices;
using Kendt.Unify.Matching.Blocking;
using Kendt.Unify.Matching.Rules;

namespace Kendt.Unify.Matching;

/// <summary>Two records that may be one person or company, and how sure that is.</summary>
/// <param name="Left">The record that comes first.</param>
/// <param name="Right">The other.</param>
/// <param name="Weight">The logarithm (base 2) of the odds that they are one, as learnt; 0 where weights do not count.</param>
/// <param name="Rule">The place of the rule that makes them one, or -1.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Edge(int Left, int Right, float Weight, int Rule)
{
    /// <summary>The chance that they are one; 1 if a rule says so.</summary>
    public double Probability => Rule != RuleSet.None ? 1 : 1 / (1 + Math.Pow(2, -Weight));
}

/// <summary>The pairs that were found, with what can be said of all of them without knowing the truth.</summary>
internal sealed class Edges
{
    // Pairs below this are not kept: about one in fifty of them would be right.
    private const double LeastOdds = 1.0 / 64;

    // The threshold of learnt pairs where rules alone are best.
    private const double Sure = 40;

    // A false merge shows one customer what is another's, a false split only bores: precision counts twice as much as recall.
    private const double Beta = 0.5;

    private Edges(Edge[] all, long compared)
    {
        (All, Compared) = (all, compared);
        (Threshold, Missed) = (0, 0);
    }

    /// <summary>Those of rules first, in the order of the rules, then the most certain; equals in the order of records.</summary>
    public Edge[] All { get; }

    /// <summary>How many pairs were compared.</summary>
    public long Compared { get; }

    /// <summary>The weight from which pairs count as one: where the expected F-measure, precision counting double, is highest.</summary>
    public double Threshold { get; set; }

    /// <summary>How many true pairs no block had, estimated.</summary>
    public double Missed { get; private set; }

    /// <summary>How many true pairs there are, estimated, those missed among them.</summary>
    public double Expected { get; private set; }

    /// <summary>Pairs that were found before, with the threshold that they had.</summary>
    public static Edges Of(Edge[] edges, double threshold) => new(Sorted(edges), 0) { Threshold = threshold };

    /// <summary>The place of the first learnt pair below a weight.</summary>
    public int FirstBelow(double weight)
    {
        var (low, high) = (0, All.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (All[middle].Rule != RuleSet.None || All[middle].Weight >= weight) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    public static Edges Score(RecordSet records, Blocks blocks, Scorer? scorer, RuleSet rules, CancellationToken cancel)
    {
        // Ranges of records are independent: other processes could take some.
        const int range = 1 << 13;
        var parts = new List<Edge>[(records.Count + range - 1) / range];
        var compared = 0L;
        Parallel.For(0, parts.Length, new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount }, () => new Candidates(records, blocks), (part, _, candidates) =>
        {
            var found = new List<Edge>();
            var count = 0L;
            for (var record = part * range; record < Math.Min(records.Count, (part + 1) * range); record++)
            {
                var others = candidates.Of(record);
                count += others.Length;
                foreach (var other in others)
                {
                    var rule = rules.First(record, other);
                    var odds = scorer?.Odds(record, other, rule == RuleSet.None ? LeastOdds : 0) ?? 1;
                    if (rule != RuleSet.None || scorer is not null && odds >= LeastOdds) found.Add(new(record, other, (float)Math.Log2(odds), rule));
                }
            }
            parts[part] = found;
            Interlocked.Add(ref compared, count);
            return candidates;
        }, _ => { });
        var all = new Edge[parts.Sum(p => p.Count)];
        var at = 0;
        foreach (var part in parts)
        {
            part.CopyTo(all, at);
            at += part.Count;
        }
        var edges = new Edges(Sorted(all), compared);
        edges.Estimate(records, blocks);
        return edges;
    }

    // Pairs that few blocks have in common say how many have none (Chao 1987, a lower bound).
    private void Estimate(RecordSet records, Blocks blocks)
    {
        double once = 0, twice = 0, sure = 0, whole = 0;
        if (blocks.Keys.Count > 1)
        {
            var candidates = new Candidates(records, blocks);
            var step = Math.Max(1, All.Length / 100_000);
            for (var i = 0; i < All.Length; i += step)
            {
                var probability = All[i].Probability;
                sure += probability;
                var common = candidates.Common(All[i].Left, All[i].Right);
                if (common == 1) once += probability;
                else if (common == 2) twice += probability;
            }
            Missed = once * once / (2 * Math.Max(1, twice)) * step;
        }
        foreach (var edge in All) whole += edge.Probability;
        Expected = whole + Missed;
        // The expected F-measure of all pairs down to each one.
        var (right, best) = (0.0, 0.0);
        for (var i = 0; i < All.Length; i++)
        {
            right += All[i].Probability;
            var f = (1 + Beta * Beta) * right / (i + 1 + Beta * Beta * Expected);
            if (f > best) (best, Threshold) = (f, All[i].Rule == RuleSet.None ? All[i].Weight : Sure);
        }
    }

    private static Edge[] Sorted(Edge[] edges)
    {
        var keys = new ulong[edges.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            // As integers, larger floats are larger; the bits of negative ones are the other way round.
            var bits = BitConverter.SingleToUInt32Bits(edges[i].Weight);
            bits = edges[i].Rule != RuleSet.None ? uint.MaxValue - (uint)edges[i].Rule : (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
            keys[i] = (ulong)~bits << 32 | (uint)i;
        }
        Maths.RadixSort.Sort(keys, new ulong[keys.Length], 32);
        return Array.ConvertAll(keys, key => edges[(uint)key]);
    }
}
