using Kendt.Model;
using Kendt.Unify.Matching;

namespace Kendt.Unify.Batch;

/// <summary>Two units that matching holds for one customer.</summary>
/// <param name="Left">The row of the unit among all of its kind.</param>
/// <param name="Rule">The rule that says so; null where it was learnt.</param>
internal sealed record Tie(int Left, int Right, double Bits, string? Rule);

/// <summary>What matching found among some units of one kind: the fewest pairs that hold its customers together, the surest first.</summary>
/// <param name="Units">The units, by row.</param>
/// <param name="Groups">The group (<see cref="GroupBook"/>) of each row.</param>
/// <param name="Explain">Why two rows have the weight that they have.</param>
internal sealed record Found(IReadOnlyList<Identifier> Units, IReadOnlyList<int> Groups, IReadOnlyList<Tie> Ties, IReadOnlyList<Refused> Refused, Func<int, int, Explanation> Explain)
{
    /// <summary>Rows of what looks like several customers in one, and why.</summary>
    public IReadOnlyDictionary<int, string> Alarms { get; init; } = new Dictionary<int, string>();
}
