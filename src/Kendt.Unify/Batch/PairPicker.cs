using Kendt.Model;
using Kendt.Unify.Matching;

namespace Kendt.Unify.Batch;

/// <summary>A pair that a run keeps to be shown.</summary>
/// <param name="ForReview">It is uncertain, and a person's answer would teach something; if not, it is an example of its weight.</param>
internal sealed record PickedPair(bool ForReview, Identifier Left, Identifier Right, double Bits, string Detail);

/// <summary>Counts the scored pairs, and picks those that people are shown: examples at each weight, and the uncertain ones.</summary>
internal sealed class PairPicker(GroupBook groups, KindRun kind)
{
    private const int LeastBits = -6, MostBits = 40, ExamplesPerBit = 6, MostReviewed = 200;

    // Pairs that are less than so many bits below the threshold are near misses.
    private const double Near = 3;

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
            if (edge.Rule < 0 && edge.Weight < kind.Matcher.Threshold - Near) break;
            var key = Between(kind.Matcher.RowOf(edge.Left), kind.Matcher.RowOf(edge.Right));
            var (pairs, joined, near) = found.GetValueOrDefault(key);
            found[key] = kind.Counts(edge) ? (pairs + 1, joined, near) : (pairs, joined, near + 1);
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
            for (var i = 0; i < all.Count && i / step < ExamplesPerBit; i += step) picked.Add(Example(all[i]));
        }
        cancel.ThrowIfCancellationRequested();
        var records = kind.Records();
        var open = kind.Matcher.Uncertain(2 * MostReviewed).Where(p => kind.Group(p.Left) != kind.Group(p.Right) && !_never.Contains((kind.Group(p.Left), kind.Group(p.Right))));
        picked.AddRange(open.Take(MostReviewed).Select(p => new PickedPair(true, kind.Unit(p.Left), kind.Unit(p.Right), Math.Round(p.Weight, 2), Waterfall.Write(kind.Matcher.Explain(records[p.Left], records[p.Right])))));
        return picked;
    }

    private PickedPair Example(Edge edge) =>
        new(false, kind.Unit(kind.Matcher.RowOf(edge.Left)), kind.Unit(kind.Matcher.RowOf(edge.Right)), Math.Round(edge.Weight, 2), Waterfall.Write(kind.Matcher.Explain(edge.Left, edge.Right)));

    private (string, string) Between(int left, int right)
    {
        var (one, other) = (kind.Source(left), kind.Source(right));
        return string.CompareOrdinal(one, other) <= 0 ? (one, other) : (other, one);
    }

    private static int Bin(Edge edge) => Math.Clamp((int)Math.Floor(edge.Weight), LeastBits, MostBits) - LeastBits;
}
