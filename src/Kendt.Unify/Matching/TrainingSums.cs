namespace Kendt.Unify.Matching;

/// <summary>What some pairs add to what is learnt: of each level of each field by kind of pair, and how many pairs are of each kind.</summary>
internal sealed class TrainingSums(Weights weights)
{
    public double[][] Same { get; } = [.. weights.Same.Select(t => new double[t.Length])];
    public double[][] Near { get; } = [.. weights.Near.Select(t => new double[t.Length])];
    public double[][] Apart { get; } = [.. weights.Near.Select(t => new double[t.Length])];
    public double SameHere { get; set; }
    public double SameMoved { get; set; }
    public double NearHere { get; set; }

    public void Add(TrainingSums other)
    {
        for (var f = 0; f < Same.Length; f++)
        {
            for (var i = 0; i < Same[f].Length; i++)
            {
                Same[f][i] += other.Same[f][i];
                Near[f][i] += other.Near[f][i];
                Apart[f][i] += other.Apart[f][i];
            }
        }
        (SameHere, SameMoved, NearHere) = (SameHere + other.SameHere, SameMoved + other.SameMoved, NearHere + other.NearHere);
    }
}
