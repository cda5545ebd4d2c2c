namespace Kendt.Unify.Matching;

/// <summary>One bar of the waterfall that explains a pair's weight.</summary>
/// <param name="What">A field, or "before anything is compared", "place", "two people at one place".</param>
/// <param name="Level">How the values compare, in words.</param>
/// <param name="Left">The value of the one record, as it was compared.</param>
/// <param name="Right">The value of the other.</param>
/// <param name="Bits">What it adds to the weight.</param>
public sealed record Reason(string What, string Level, string Left, string Right, double Bits);

/// <summary>Why two records have the weight that they have: the bits of all reasons add up to it.</summary>
public sealed record Explanation(double Weight, IReadOnlyList<Reason> Reasons)
{
    /// <summary>The chance that the two are one.</summary>
    public double Probability => 1 / (1 + Math.Pow(2, -Weight));
}

/// <summary>What a level of a field was learnt to be worth.</summary>
/// <param name="Level">How the values compare, in words.</param>
/// <param name="Same">The chance of it if two records are one.</param>
/// <param name="Apart">The chance of it if they have nothing to do with each other.</param>
/// <param name="Bits">The logarithm (base 2) of the ratio; agreeing on what few have is worth more.</param>
public sealed record LevelWeight(string Level, double Same, double Apart, double Bits);

/// <summary>A field by which records were compared.</summary>
public sealed record LearntComparison(string Field, Meaning Meaning, int Filled, int Distinct, IReadOnlyList<LevelWeight> Levels);

/// <summary>Says what was learnt, and why a pair has its weight.</summary>
internal static class Explaining
{
    public static Explanation Of(RecordSet records, Scorer scorer, int left, int right)
    {
        if (left > right) (left, right) = (right, left);
        Span<byte> levels = stackalloc byte[FieldMaker.Most];
        scorer.Compare(left, right, levels);
        var weights = scorer.Weights;
        var all = scorer.Weigh(left, right, levels);
        var same = weights.SameHere + weights.SameMoved;
        var reasons = new List<Reason> { new("before anything is compared", "how rare pairs of one are among all", "", "", Math.Log2(same)) };
        for (var f = 0; f < records.Width; f++)
        {
            var field = records.Fields[f];
            var (a, b) = (records[left][f], records[right][f]);
            var bits = field.Role is Role.Place || levels[f] == Levels.Missing ? 0 : Math.Log2(scorer.Alone(f, left, levels));
            reasons.Add(new(field.Name, Levels.Of(field.Comparison, levels[f]), Text(field, a), Text(field, b), bits));
        }
        if (weights.SameHere > 0)
        {
            reasons.Add(new("place", "the place as a whole; people move", "", "", Math.Log2((weights.SameHere * all.Place + weights.SameMoved) / same)));
            reasons.Add(new("two people at one place", "they may be of one household or house", "", "", -Math.Log2(1 + weights.NearHere * all.Place * all.SharedNear)));
        }
        return new(Math.Log2(scorer.Odds(in all)), reasons);
    }

    public static IReadOnlyList<LearntComparison> Learnt(RecordSet records, Scorer scorer) =>
    [
        .. records.Fields.Select((field, f) => new LearntComparison(field.Name, field.Meaning, field.Filled, field.Values.Count,
        [
            .. Enumerable.Range(1, Levels.Count(field.Comparison) - 1).Select(level => Worth(field, scorer.Weights, f, level)),
        ])),
    ];

    // Of a field that depends on another, the chances while that one agrees.
    private static LevelWeight Worth(Field field, Weights weights, int f, int level)
    {
        var at = (field.Parent >= 0 ? Levels.Most * Levels.Equal : 0) + level;
        var (same, apart) = (weights.Same[f][at], weights.Apart[f][at]);
        return new(Levels.Of(field.Comparison, level), same, apart, Math.Log2(same / apart));
    }

    private static string Text(Field field, int value) => value == 0 ? "" : System.Text.Encoding.UTF8.GetString(field.Values.Whole(value)).Trim('|').Replace('|', ' ');
}
