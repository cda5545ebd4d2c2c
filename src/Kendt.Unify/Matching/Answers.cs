using Kendt.Maths;

namespace Kendt.Unify.Matching;

/// <summary>What somebody said of two rows: that they are one, or two.</summary>
public sealed record Answer(Rules.RowPair Pair, bool IsSame);

/// <summary>A level whose worth answers changed, in bits.</summary>
/// <param name="Level">How the values compare, in words.</param>
public sealed record MovedLevel(string Field, string Level, double Before, double After);

/// <summary>What answers did to the weights.</summary>
/// <param name="Moved">The levels that moved most, those first.</param>
public sealed record Calibration(int Same, int Different, IReadOnlyList<MovedLevel> Moved);

/// <summary>
/// What was answered, by how the pairs compare. An answer speaks for all pairs that compare in the same way; all answers together say by how much
/// uncertain pairs are less or more often one than was learnt. They say nothing of pairs that are plainly one or two, for only uncertain pairs are
/// asked about.
/// </summary>
internal sealed class Answers
{
    // What was learnt without answers counts as so many of them, for pairs that compare in one way.
    private const double Believed = 2;

    // Pairs whose chance is nearer to 0 or 1 than this are not uncertain.
    private const double Certain = 0.01;

    // By so much, in natural logarithms of the odds, all uncertain pairs may move in one round, and how far from nothing that is expected to be.
    private const double Most = 2, Expected = 1;

    private readonly Dictionary<ulong, (int Same, int Different)> _byLevels = [];
    private double _shift;

    /// <summary>How many said that two are one, and how many that they are two.</summary>
    public int Same { get; private set; }

    public int Different { get; private set; }

    public void Add(ReadOnlySpan<byte> levels, bool isSame)
    {
        var key = Hash.Of(levels);
        var (same, different) = _byLevels.GetValueOrDefault(key);
        _byLevels[key] = isSame ? (same + 1, different) : (same, different + 1);
        if (isSame) Same++;
        else Different++;
    }

    /// <summary>Finds by how much uncertain pairs are misjudged by what is learnt so far.</summary>
    /// <param name="judged">For each answered pair its chance to be one, and whether it is.</param>
    public void Begin(IReadOnlyList<(double Chance, bool IsSame)> judged)
    {
        var odds = judged.Where(j => j.Chance is > Certain and < 1 - Certain).Select(j => (Logit: Math.Log(j.Chance / (1 - j.Chance)), j.IsSame)).ToList();
        var (low, high) = (-Most, Most);
        // The most likely shift, by halving: the slope of the likelihood falls.
        for (var i = 0; i < 40; i++)
        {
            _shift = (low + high) / 2;
            var slope = odds.Sum(o => (o.IsSame ? 1 : 0) - 1 / (1 + Math.Exp(-o.Logit - _shift))) - _shift / (Expected * Expected);
            if (slope > 0) low = _shift;
            else high = _shift;
        }
    }

    /// <summary>The chance that a pair is one, after what was answered of its like.</summary>
    public double Of(ReadOnlySpan<byte> levels, double chance)
    {
        if (chance is > Certain and < 1 - Certain) chance = 1 / (1 + (1 - chance) / chance * Math.Exp(-_shift));
        return _byLevels.TryGetValue(Hash.Of(levels), out var said) ? (said.Same + Believed * chance) / (said.Same + said.Different + Believed) : chance;
    }
}
