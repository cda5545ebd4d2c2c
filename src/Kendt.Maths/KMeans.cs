namespace Kendt.Maths;

/// <summary>
/// Points in groups around centres: Lloyd's method from the seeds of k-means++ (Arthur and Vassilvitskii, 2007), the best of
/// a few starts. The same points and seed give the same groups.
/// </summary>
/// <param name="Centres">One row a group.</param>
/// <param name="Group">Of each point.</param>
/// <param name="Inertia">Sum of squared distances to the centres.</param>
public sealed record KMeans(double[][] Centres, int[] Group, double Inertia)
{
    private const int Starts = 4, MostRounds = 60;

    /// <param name="points">At least <paramref name="groups"/>, all of one length.</param>
    public static KMeans Of(IReadOnlyList<double[]> points, int groups, ulong seed)
    {
        KMeans? best = null;
        for (var start = 0; start < Starts; start++)
        {
            var found = Run(points, groups, new Chance(seed + (ulong)start));
            if (best is null || found.Inertia < best.Inertia) best = found;
        }
        return best!;
    }

    /// <summary>
    /// How much nearer points are to their own centre than to the next one, on average, -1 to 1: the silhouette by centres
    /// (Hruschka et al., 2004). The number of groups with the highest is a good one.
    /// </summary>
    public double Silhouette(IReadOnlyList<double[]> points)
    {
        var sum = 0.0;
        for (var i = 0; i < points.Count; i++)
        {
            var own = Math.Sqrt(Distance(points[i], Centres[Group[i]]));
            var other = double.PositiveInfinity;
            for (var c = 0; c < Centres.Length; c++)
                if (c != Group[i]) other = Math.Min(other, Math.Sqrt(Distance(points[i], Centres[c])));
            sum += own == other ? 0 : (other - own) / Math.Max(own, other);
        }
        return points.Count == 0 ? 0 : sum / points.Count;
    }

    private static KMeans Run(IReadOnlyList<double[]> points, int groups, Chance chance)
    {
        var centres = Seeds(points, groups, ref chance);
        var group = new int[points.Count];
        var inertia = 0.0;
        for (var round = 0; round < MostRounds; round++)
        {
            var moved = false;
            inertia = 0;
            for (var i = 0; i < points.Count; i++)
            {
                var (nearest, distance) = Nearest(points[i], centres);
                inertia += distance;
                moved |= group[i] != nearest;
                group[i] = nearest;
            }
            if (!moved && round > 0) break;
            Centre(points, group, centres);
        }
        return new(centres, group, inertia);
    }

    // A group that has lost all its points stays where it was.
    private static void Centre(IReadOnlyList<double[]> points, int[] group, double[][] centres)
    {
        var (sums, counts) = (centres.Select(c => new double[c.Length]).ToArray(), new int[centres.Length]);
        for (var i = 0; i < points.Count; i++)
        {
            counts[group[i]]++;
            for (var d = 0; d < points[i].Length; d++) sums[group[i]][d] += points[i][d];
        }
        for (var c = 0; c < centres.Length; c++)
            if (counts[c] > 0) centres[c] = [.. sums[c].Select(s => s / counts[c])];
    }

    private static double[][] Seeds(IReadOnlyList<double[]> points, int groups, ref Chance chance)
    {
        var centres = new List<double[]> { points[chance.Below(points.Count)] };
        while (centres.Count < groups)
        {
            var distances = points.Select(p => Nearest(p, centres).Distance).ToArray();
            var place = distances.Sum() * (chance.Next() >> 11) / (1L << 53);
            var at = 0;
            while (at < points.Count - 1 && (place -= distances[at]) >= 0) at++;
            centres.Add(points[at]);
        }
        return [.. centres.Select(c => (double[])c.Clone())];
    }

    private static (int Group, double Distance) Nearest(double[] point, IReadOnlyList<double[]> centres)
    {
        var (nearest, least) = (0, double.PositiveInfinity);
        for (var c = 0; c < centres.Count; c++)
        {
            var distance = Distance(point, centres[c]);
            if (distance < least) (nearest, least) = (c, distance);
        }
        return (nearest, least);
    }

    internal static double Distance(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var d = 0; d < a.Length; d++) sum += (a[d] - b[d]) * (a[d] - b[d]);
        return sum;
    }
}

/// <summary>
/// Groups told apart by thresholds on single dimensions, so that each is a conjunction that people can read: the tree of the
/// iterative mistake minimisation of Moshkovitz, Dasgupta, Rashtchian and Frost, "Explainable k-Means and k-Medians
/// Clustering" (2020). There are as many leaves as centres.
/// </summary>
public static class ThresholdTree
{
    /// <summary>A leaf: values above <c>Low</c> and up to <c>High</c> in each dimension, infinite where nothing was asked.</summary>
    public sealed record Leaf(double[] Low, double[] High)
    {
        public bool Has(double[] point) => !point.Where((v, d) => v <= Low[d] || v > High[d]).Any();
    }

    /// <param name="cut">The value to cut at instead of one between two others, given the dimension: a neat one.</param>
    public static IReadOnlyList<Leaf> Of(IReadOnlyList<double[]> points, KMeans groups, Func<int, double, double> cut)
    {
        var dimensions = groups.Centres[0].Length;
        var leaves = new List<Leaf>();
        Split([.. Enumerable.Range(0, points.Count)], [.. Enumerable.Range(0, groups.Centres.Length)],
            new([.. Enumerable.Repeat(double.NegativeInfinity, dimensions)], [.. Enumerable.Repeat(double.PositiveInfinity, dimensions)]));
        return leaves;

        void Split(List<int> inside, List<int> centres, Leaf leaf)
        {
            if (centres.Count == 1 || Best(inside, centres) is not { } best)
            {
                leaves.Add(leaf);
                return;
            }
            var (dimension, threshold) = best;
            // A point that went another way than its centre counts for no further cut.
            foreach (var isLow in new[] { true, false })
            {
                var side = centres.Where(c => groups.Centres[c][dimension] <= threshold == isLow).ToList();
                Split([.. inside.Where(i => points[i][dimension] <= threshold == isLow && side.Contains(groups.Group[i]))], side,
                    isLow ? leaf with { High = With(leaf.High, dimension, threshold) } : leaf with { Low = With(leaf.Low, dimension, threshold) });
            }
        }

        (int Dimension, double Threshold)? Best(List<int> inside, List<int> centres)
        {
            (int Dimension, double Threshold, long Mistakes)? best = null;
            for (var d = 0; d < dimensions; d++)
            {
                var ends = centres.Select(c => groups.Centres[c][d]).Distinct().Order().ToList();
                for (var i = 0; i + 1 < ends.Count; i++)
                {
                    // A few places between two centres are tried.
                    for (var part = 1; part < 8; part++)
                    {
                        var threshold = cut(d, ends[i] + ((ends[i + 1] - ends[i]) * part / 8));
                        if (threshold < ends[i] || threshold >= ends[i + 1]) continue;
                        var mistakes = inside.LongCount(p => points[p][d] <= threshold != groups.Centres[groups.Group[p]][d] <= threshold);
                        if (best is null || mistakes < best.Value.Mistakes) best = (d, threshold, mistakes);
                    }
                }
            }
            return best is { } found ? (found.Dimension, found.Threshold) : null;
        }
    }

    private static double[] With(double[] values, int place, double value)
    {
        var copy = (double[])values.Clone();
        copy[place] = value;
        return copy;
    }
}
