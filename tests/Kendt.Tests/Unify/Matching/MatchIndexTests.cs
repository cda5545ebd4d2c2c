using Kendt.Unify.Matching;
using Kendt.Unify.Matching.Reading;
using Kendt.Unify.Matching.Rules;

namespace Kendt.Tests.Unify.Matching;

/// <summary>New and changed rows against what is there: the outcome is that of everything at once.</summary>
public sealed class MatchIndexTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, 41)] // all compared with all
    [InlineData(1500, 42)]
    public void Rows_that_come_later_come_where_they_would_have_come_at_once(int persons, ulong seed)
    {
        var crowd = new Crowd(persons, seed);
        var cut = crowd.Rows.Count * 9 / 10;
        MatchRule[] rules = [new() { Name = "mail and birth", All = [new("email"), new("birthDate")] }];
        var (first, _) = Run(crowd.Table(crowd.Rows.Take(cut)), rules, null);
        var model = first.Model!;
        var index = first.Keep();
        Assert.Equal(cut, index.Count);
        foreach (var some in crowd.Rows.Skip(cut).Chunk(100))
        {
            var more = crowd.Table(some);
            var moved = index.Add(more, more.Columns[0], Cancel);
            Assert.All(moved, m => Assert.Equal(m.Cluster, index.ClusterOf(m.Id)));
            Assert.Equal(some.Select(r => r.Values[0]).Order(StringComparer.Ordinal), moved.Where(m => m.Before is null).Select(m => m.Id).Order(StringComparer.Ordinal));
        }
        var (_, atOnce) = Run(crowd.Table(), rules, model);
        var later = crowd.Rows.Select(r => index.ClusterOf(r.Values[0])!.Value).ToArray();
        var (one, other) = (Pairs(atOnce), Pairs(later));
        Assert.True(one.Intersect(other).Count() > 0.995 * one.Union(other).Count(), $"{one.Count} pairs at once, {other.Count} later, {one.Intersect(other).Count()} the same");
    }

    [Fact]
    public void A_row_that_changes_leaves_its_cluster_and_comes_back()
    {
        var crowd = new Crowd(800, 43);
        var (matcher, clusters) = Run(crowd.Table(), [], null);
        var at = clusters.Index().GroupBy(c => c.Item).First(g => g.Count() == 3).First().Index;
        var index = matcher.Keep();
        var before = crowd.Rows.Select(r => index.ClusterOf(r.Values[0])).ToArray();
        var row = crowd.Rows[at];
        var same = crowd.Table([row]);
        Assert.Empty(index.Add(same, same.Columns[0], Cancel));
        var other = crowd.Table([([row.Values[0], "Zebulon", "Quistgaard", "1911-11-11", "Nowhere 1", "9999", "Skagen", "z@quist.dk", "99112233"], 0)]);
        var moved = Assert.Single(index.Add(other, other.Columns[0], Cancel));
        Assert.Equal((row.Values[0], before[at]), (moved.Id, moved.Before));
        var back = crowd.Table([row]);
        Assert.Equal(before[at], Assert.Single(index.Add(back, back.Columns[0], Cancel)).Cluster);
        Assert.Equal(before, crowd.Rows.Select(r => index.ClusterOf(r.Values[0])));
    }

    private static HashSet<(int, int)> Pairs(int[] clusters) =>
        [.. clusters.Index().GroupBy(c => c.Item).SelectMany(g => g.SelectMany(a => g.Where(b => a.Index < b.Index).Select(b => (a.Index, b.Index))))];

    private static (Matcher Matcher, int[] Clusters) Run(Table table, IReadOnlyList<MatchRule> rules, MatchModel? model)
    {
        var matcher = Matcher.Prepare(table, new() { Id = table.Columns[0], Rules = rules, Model = model });
        matcher.Block();
        matcher.Learn(Cancel);
        matcher.Score(Cancel);
        return (matcher, matcher.Cluster(Cancel));
    }
}
