using Kendt.Model;
using Kendt.Unify.Matching;

namespace Kendt.Unify.Batch;

/// <summary>A pair that a run keeps to be shown.</summary>
/// <param name="ForReview">It is uncertain, and a person's answer would teach something; if not, it is an example of its weight.</param>
internal sealed record PickedPair(bool ForReview, Identifier Left, Identifier Right, double Bits, string Detail);

/// <summary>Counts the scored pairs, and picks those that people are shown: examples at each weight, and the uncertain ones.</summary>
internal sealed class PairPicker(GroupBook groups, KindRun kind, double threshold)
{
    private const int LeastBits = -6, MostBits = 40, ExamplesPerBit = 6, MostReviewed = 200, MostWeighed = 2_000;

    // Pairs that are further from the threshold than this are hardly uncertain.
    private const double Uncertain = 6, Near = 3;

    private readonly HashSet<(int, int)> _never = [.. groups.Never.SelectMany(n => new[] { n, (n.Right, n.Left) })];

    /// <summary>Pairs by weight.</summary>
    public IReadOnlyList<WeightBin> Bins()
    {
        var (pairs, fresh, wrong) = (new long[MostBits - LeastBits + 1], new long[MostBits - LeastBits + 1], new double[MostBits - LeastBits + 1]);
        foreach (var edge in kind.Edges)
        {
            var bin = Bin(edge);
            pairs[bin]++;
            if (kind.GroupOf(edge.Left) == kind.GroupOf(edge.Right)) continue;
            fresh[bin]++;
            wrong[bin] += 1 - edge.Probability;
        }
        return [.. pairs.Select((count, bin) => new WeightBin(bin + LeastBits, count, fresh[bin], Math.Round(wrong[bin], 1)))];
    }

    /// <summary>What was found between each two sources.</summary>
    public IReadOnlyList<SourcePair> Sources(IReadOnlyList<Tie> ties)
    {
        var found = new Dictionary<(string, string), (long Pairs, long Joined, long Near)>();
        foreach (var edge in kind.Edges)
        {
            if (edge.Weight < threshold - Near) break;
            var key = Between(kind.Matcher.RowOf(edge.Left), kind.Matcher.RowOf(edge.Right));
            var (pairs, joined, near) = found.GetValueOrDefault(key);
            found[key] = edge.Weight >= threshold ? (pairs + 1, joined, near) : (pairs, joined, near + 1);
        }
        foreach (var tie in ties)
        {
            var key = Between(tie.Left, tie.Right);
            var (pairs, joined, near) = found.GetValueOrDefault(key);
            found[key] = (pairs, joined + 1, near);
        }
        return [.. found.OrderBy(f => f.Key).Select(f => new SourcePair(f.Key.Item1, f.Key.Item2, kind.IsAccount, f.Value.Pairs, f.Value.Joined, f.Value.Near))];
    }

    /// <summary>Examples of each weight, and the uncertain pairs in the order in which they are to be asked.</summary>
    public IReadOnlyList<PickedPair> Pick(CancellationToken cancel)
    {
        var fresh = kind.Edges.Where(e => kind.GroupOf(e.Left) != kind.GroupOf(e.Right) && !_never.Contains((kind.GroupOf(e.Left), kind.GroupOf(e.Right)))).ToList();
        var picked = new List<PickedPair>();
        foreach (var bin in fresh.GroupBy(Bin))
        {
            var all = bin.ToList();
            var step = Math.Max(1, all.Count / ExamplesPerBit);
            for (var i = 0; i < all.Count && i / step < ExamplesPerBit; i += step) picked.Add(Of(all[i], forReview: false, kind.Matcher.Explain(all[i].Left, all[i].Right)));
        }
        cancel.ThrowIfCancellationRequested();
        // A kind of pair that was not asked about yet teaches more than another of a kind that was.
        var asked = new Dictionary<string, int>(StringComparer.Ordinal);
        var customers = new HashSet<(int, int)>();
        var uncertain = new List<(int Times, double From, PickedPair Pair)>();
        foreach (var edge in fresh.Where(e => Math.Abs(e.Weight - threshold) <= Uncertain).OrderBy(e => Math.Abs(e.Weight - threshold)).Take(MostWeighed))
        {
            if (!customers.Add((Math.Min(kind.GroupOf(edge.Left), kind.GroupOf(edge.Right)), Math.Max(kind.GroupOf(edge.Left), kind.GroupOf(edge.Right))))) continue;
            var explained = kind.Matcher.Explain(edge.Left, edge.Right);
            var pattern = string.Join('|', explained.Reasons.Select(r => r.Level));
            var times = asked.GetValueOrDefault(pattern);
            asked[pattern] = times + 1;
            uncertain.Add((times, Math.Abs(edge.Weight - threshold), Of(edge, forReview: true, explained)));
        }
        picked.AddRange(uncertain.OrderBy(u => u.Times).ThenBy(u => u.From).Take(MostReviewed).Select(u => u.Pair));
        return picked;
    }

    private PickedPair Of(Edge edge, bool forReview, Explanation explained) =>
        new(forReview, kind.Unit(kind.Matcher.RowOf(edge.Left)), kind.Unit(kind.Matcher.RowOf(edge.Right)), Math.Round(edge.Weight, 2), Waterfall.Write(explained));

    private (string, string) Between(int left, int right)
    {
        var (one, other) = (kind.Source(left), kind.Source(right));
        return string.CompareOrdinal(one, other) <= 0 ? (one, other) : (other, one);
    }

    private static int Bin(Edge edge) => Math.Clamp((int)Math.Floor(edge.Weight), LeastBits, MostBits) - LeastBits;
}
