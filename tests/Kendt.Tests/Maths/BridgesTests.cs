using CsCheck;
using Kendt.Maths;

namespace Kendt.Tests.Maths;

public sealed class BridgesTests
{
    private static readonly Gen<(int, int)[]> Graphs = Gen.Select(Gen.Int[0, 8], Gen.Int[0, 8]).Where((a, b) => a != b).Array[0, 14];

    [Fact]
    public void A_bridge_is_an_edge_without_which_there_are_more_parts() => Graphs.Sample(edges =>
    {
        var found = Bridges.Find(9, edges).ToDictionary(b => b.Edge);
        for (var edge = 0; edge < edges.Length; edge++)
        {
            var (with, without) = (Parts(edges, -1), Parts(edges, edge));
            var beyond = without.Size(without.Find(edges[edge].Item1));
            var rest = without.Size(without.Find(edges[edge].Item2));
            var isBridge = without.Find(edges[edge].Item1) != without.Find(edges[edge].Item2);
            Assert.Equal(isBridge, found.TryGetValue(edge, out var bridge));
            if (!isBridge) continue;
            Assert.Equal(with.Size(with.Find(edges[edge].Item1)), bridge.Part);
            Assert.Contains(bridge.Beyond, new[] { beyond, rest });
        }
    });

    private static DisjointSets Parts((int, int)[] edges, int but)
    {
        var sets = new DisjointSets(9);
        foreach (var (at, (left, right)) in edges.Index()) if (at != but) sets.Join(sets.Find(left), sets.Find(right));
        return sets;
    }
}
