namespace Kendt.Maths;

/// <summary>A difference and the ends of an interval that has the truth in it 19 times of 20.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
public readonly record struct Difference(double Value, double Low, double High);

/// <summary>Differences between two groups that have nobody in common; with some in common the intervals are too wide, never too narrow.</summary>
public static class Differences
{
    /// <summary>Of two means, by their variances (Welch); null where a group has fewer than two values.</summary>
    public static Difference? OfMeans((long Count, double Mean, double Deviation) a, (long Count, double Mean, double Deviation) b)
    {
        if (a.Count < 2 || b.Count < 2) return null;
        var (byA, byB) = (a.Deviation * a.Deviation / a.Count, b.Deviation * b.Deviation / b.Count);
        var error = Math.Sqrt(byA + byB);
        if (error == 0) return new(a.Mean - b.Mean, a.Mean - b.Mean, a.Mean - b.Mean);
        // Student's t for these degrees of freedom, from the normal distribution (Cornish and Fisher, 1938).
        var free = (byA + byB) * (byA + byB) / ((byA * byA / (a.Count - 1)) + (byB * byB / (b.Count - 1)));
        var z = Normal.Nineteen;
        var t = z + (((z * z * z) + z) / (4 * free)) + (((5 * Math.Pow(z, 5)) + (16 * z * z * z) + (3 * z)) / (96 * free * free)) + (((3 * Math.Pow(z, 7)) + (19 * Math.Pow(z, 5)) + (17 * z * z * z) - (15 * z)) / (384 * free * free * free));
        return new(a.Mean - b.Mean, a.Mean - b.Mean - (t * error), a.Mean - b.Mean + (t * error));
    }

    /// <summary>Of two parts (Newcombe, "Interval estimation for the difference between independent proportions", 1998, method 10); null where a group is empty.</summary>
    public static Difference? OfParts((long Some, long All) a, (long Some, long All) b)
    {
        if (a.All == 0 || b.All == 0) return null;
        var (p, q) = (a.Some / (double)a.All, b.Some / (double)b.All);
        var ((lowA, highA), (lowB, highB)) = (Wilson(a.Some, a.All), Wilson(b.Some, b.All));
        return new(p - q, p - q - Math.Sqrt(((p - lowA) * (p - lowA)) + ((highB - q) * (highB - q))), p - q + Math.Sqrt(((highA - p) * (highA - p)) + ((q - lowB) * (q - lowB))));
    }

    /// <summary>The ends of the interval of a part (Wilson, 1927).</summary>
    public static (double Low, double High) Wilson(long some, long all)
    {
        var (p, z2) = (some / (double)all, Normal.Nineteen * Normal.Nineteen);
        var middle = (p + (z2 / (2 * all))) / (1 + (z2 / all));
        var half = Normal.Nineteen / (1 + (z2 / all)) * Math.Sqrt((p * (1 - p) / all) + (z2 / (4.0 * all * all)));
        return (Math.Max(0, middle - half), Math.Min(1, middle + half));
    }
}
