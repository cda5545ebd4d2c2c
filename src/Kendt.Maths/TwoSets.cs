namespace Kendt.Maths;

/// <summary>Two sets within a whole: how far they are the same, and how far one leans to the other.</summary>
/// <param name="Both">In both; at most the lesser of the two.</param>
/// <param name="Left">In the first.</param>
/// <param name="Right">In the second.</param>
/// <param name="All">In the whole.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
public readonly record struct TwoSets(long Both, long Left, long Right, long All)
{
    /// <summary>
    /// With how many more, of whom the same part as of the whole is in the second set, a small first set is filled up before
    /// its part is read: few say little, and so count for little.
    /// </summary>
    public const double Prior = 20;

    /// <summary>Both of either, 0 to 1; 0 where both sets are empty.</summary>
    public double Jaccard => Left + Right == 0 ? 0 : Both / (double)(Left + Right - Both);

    /// <summary>How many times as often both as if one had nothing to do with the other; null where a set is empty.</summary>
    public double? Lift => Left == 0 || Right == 0 ? null : Both / (double)Left / (Right / (double)All);

    /// <summary>
    /// The part of the first set that is in the second, by the part of the whole that is, with the first set filled up by
    /// <see cref="Prior"/>, and the ends of an interval that has the truth in it 19 times of 20 (delta method on the logarithm;
    /// the first set is a part of the whole, so the two parts move together). All are 1 where the whole says nothing.
    /// </summary>
    public (double Ratio, double Low, double High) Lean() => All == 0 ? (1, 1, 1) : Lean(Left / (double)All);

    /// <summary>The same where the first set was looked at more closely than the rest.</summary>
    /// <param name="f">The first set's true part of the whole, 0 to 1.</param>
    public (double Ratio, double Low, double High) Lean(double f)
    {
        if (Left == 0 || Right == 0 || Left == All) return (1, 1, 1);
        var rest = Math.Clamp((Right - Both) / (double)(All - Left), 0, 1);
        // p of the whole is f p1 + (1 - f) p2, so log(p1 / p) moves by (1/p1 - f/p) with p1 and by -(1 - f)/p with p2.
        var (own, whole) = (Left + Prior, (f * Both / Left) + ((1 - f) * rest));
        var part = (Both + (Prior * whole)) / own;
        var ratio = part / whole;
        var (byOwn, byRest) = (1 / part - (f / whole), (1 - f) / whole);
        var variance = (byOwn * byOwn * part * (1 - part) / own) + (byRest * byRest * rest * (1 - rest) / (All - Left));
        var spread = Math.Exp(Normal.Nineteen * Math.Sqrt(variance));
        return (ratio, ratio / spread, ratio * spread);
    }

    /// <summary>
    /// How surprising the first set is to somebody who takes the sets for independent, in bits: half the G² statistic of the
    /// fourfold table by ln 2 (Dunning, "Accurate methods for the statistics of surprise and coincidence", 1993).
    /// </summary>
    public double Bits
    {
        get
        {
            double all = All, left = Left, right = Right, both = Both;
            var sum = Part(both, left, right, all) + Part(left - both, left, all - right, all) + Part(right - both, all - left, right, all) + Part(all - left - right + both, all - left, all - right, all);
            return Math.Max(0, sum / Math.Log(2));
        }
    }

    /// <summary>How often as much or more comes by chance alone from independent sets: the tail of chi-square with one degree of freedom at G².</summary>
    public double Chance => Normal.TwoTails(Math.Sqrt(2 * Math.Log(2) * Bits));

    private static double Part(double seen, double row, double column, double all) => seen <= 0 ? 0 : seen * Math.Log(seen * all / (row * column));
}

/// <summary>The normal distribution with mean 0 and variance 1.</summary>
public static class Normal
{
    /// <summary>Between minus and plus this lie 19 of 20.</summary>
    public const double Nineteen = 1.959963984540054;

    /// <summary>The probability of a distance from 0 of this or more (complementary error function by Chebyshev fitting, relative error below 1.2e-7; Press et al., "Numerical Recipes").</summary>
    public static double TwoTails(double distance)
    {
        var x = Math.Abs(distance) / Math.Sqrt(2);
        var t = 1 / (1 + (0.5 * x));
        ReadOnlySpan<double> terms = [0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368, -1.26551223];
        var sum = 0.0;
        foreach (var term in terms) sum = (sum * t) + term;
        return Math.Min(1, t * Math.Exp((-x * x) + sum));
    }
}

/// <summary>Many questions asked at once.</summary>
public static class Discoveries
{
    /// <summary>
    /// For each chance the part of false ones among all that are at least as sure, when all of these were asked (Benjamini and
    /// Hochberg, "Controlling the false discovery rate", 1995). Taking those up to 0.05 has one in twenty false, on average,
    /// also where the questions lean on one another in the same direction.
    /// </summary>
    public static double[] FalseParts(IReadOnlyList<double> chances)
    {
        var order = Enumerable.Range(0, chances.Count).OrderByDescending(i => chances[i]).ToArray();
        var parts = new double[chances.Count];
        var least = 1.0;
        for (var place = 0; place < order.Length; place++)
        {
            var rank = order.Length - place;
            parts[order[place]] = least = Math.Min(least, chances[order[place]] * order.Length / rank);
        }
        return parts;
    }
}
