using Kendt.Maths;

namespace Kendt.Tests.Maths;

public sealed class KMeansTests
{
    private static List<double[]> Points()
    {
        var chance = new Chance(5);
        var points = new List<double[]>();
        foreach (var (x, y) in new[] { (0, 0), (10, 0), (0, 10), (10, 10) })
            for (var i = 0; i < 100; i++) points.Add([x + (chance.Below(1000) / 500.0), y + (chance.Below(1000) / 500.0)]);
        return points;
    }

    [Fact]
    public void Four_clouds_are_four_groups_and_the_silhouette_knows_it()
    {
        var points = Points();
        var groups = Enumerable.Range(2, 5).Select(k => KMeans.Of(points, k, 1)).ToList();
        Assert.Equal(4, groups.MaxBy(g => g.Silhouette(points))!.Centres.Length);
        var four = groups[2];
        Assert.Equal([100, 100, 100, 100], four.Group.CountBy(g => g).Select(g => g.Value));
        Assert.Equal(four.Group, KMeans.Of(points, 4, 1).Group);
        Assert.True(groups.Zip(groups.Skip(1)).All(p => p.Second.Inertia <= p.First.Inertia));
    }

    [Fact]
    public void The_tree_has_a_leaf_a_group_and_every_point_is_in_one()
    {
        var points = Points();
        var groups = KMeans.Of(points, 4, 1);
        var leaves = ThresholdTree.Of(points, groups, (_, value) => value);
        Assert.Equal(4, leaves.Count);
        Assert.All(points, p => Assert.Single(leaves, l => l.Has(p)));
        Assert.Equal(4, points.Select((p, i) => (Leaf: leaves.Select((l, n) => (l, n)).First(l => l.l.Has(p)).n, Group: groups.Group[i])).Distinct().Count());
        // Points that are all the same are no reason to fail.
        var same = Enumerable.Repeat(new[] { 1.0, 1.0 }, 20).ToList();
        Assert.All(same, p => Assert.Contains(ThresholdTree.Of(same, KMeans.Of(same, 3, 1), (_, v) => v), l => l.Has(p)));
    }
}
