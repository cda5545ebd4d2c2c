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
            var touched = index.Put(more, more.Columns[0], null, Cancel);
            Assert.Subset(touched.Records.Select(index.IdOf).ToHashSet(), some.Select(r => r.Values[0]).ToHashSet());
            index = Again(index, rules); // what is written and read goes on as if it had stayed
        }
        var (_, atOnce) = Run(crowd.Table(), rules, model);
        var later = Clusters(index, crowd);
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
        var before = Pairs(Clusters(index, crowd));
        Assert.Equal(Pairs(clusters), before);
        var row = crowd.Rows[at];
        var same = crowd.Table([row]);
        Assert.Empty(index.Put(same, same.Columns[0], null, Cancel).Records);
        var other = crowd.Table([([row.Values[0], "Zebulon", "Quistgaard", "1911-11-11", "Nowhere 1", "9999", "Skagen", "z@quist.dk", "99112233"], 0)]);
        var touched = index.Put(other, other.Columns[0], null, Cancel);
        Assert.Equal(3, touched.Records.Count); // with those that it was one with
        Assert.Equal(before.Where(p => p.Item1 != at && p.Item2 != at).ToHashSet(), Pairs(Clusters(index, crowd)));
        var back = crowd.Table([row]);
        index.Put(back, back.Columns[0], null, Cancel);
        Assert.Equal(before, Pairs(Clusters(index, crowd)));
    }

    [Fact]
    public void What_is_removed_is_not_written()
    {
        var crowd = new Crowd(800, 44);
        var (matcher, clusters) = Run(crowd.Table(), [], null);
        var at = clusters.Index().GroupBy(c => c.Item).First(g => g.Count() == 2).First().Index;
        var index = matcher.Keep();
        var other = crowd.Table([([crowd.Rows[at].Values[0], "Zebulon", "Quistgaard", "1911-11-11", "Nowhere 1", "9999", "Skagen", "zebulon@quist.dk", "99112233"], 0)]);
        index.Put(other, other.Columns[0], null, Cancel);
        Assert.True(Written(index).AsSpan().IndexOf("quistgaard"u8) > 0);
        Assert.Empty(index.Remove([other.Columns[0].Text(0)]));
        Assert.Equal(crowd.Rows.Count - 1, index.Count);
        foreach (var word in new[] { "quistgaard", "zebulon", "1911", "99112233", other.Columns[0].Text(0) + "\n" }) Assert.Equal(-1, Written(index).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(word)));
        var again = Again(index, []);
        Assert.Null(again.Find(other.Columns[0].Text(0)));
        // The same person again finds nobody of old; then is found.
        var back = crowd.Table([crowd.Rows[at]]);
        again.Put(back, back.Columns[0], null, Cancel);
        Assert.Equal(Pairs(clusters), Pairs(Clusters(again, crowd)));
    }

    [Fact]
    public void What_is_torn_is_no_index()
    {
        var bytes = Written(Run(new Crowd(60, 45).Table(), [], null).Matcher.Keep());
        var chance = new Kendt.Maths.Chance(45);
        for (var i = 0; i < 60; i++) Assert.Throws<InvalidDataException>(() => MatchIndex.Load(new MemoryStream(bytes[..chance.Below(bytes.Length)]), [], []));
    }

    private static MatchIndex Again(MatchIndex index, IReadOnlyList<MatchRule> rules) => MatchIndex.Load(new MemoryStream(Written(index)), rules, []);

    private static byte[] Written(MatchIndex index)
    {
        var stream = new MemoryStream();
        index.Save(stream);
        return stream.ToArray();
    }

    // The cluster of each row.
    private static int[] Clusters(MatchIndex index, Crowd crowd)
    {
        var clusters = index.Cluster(index.Around(crowd.Rows.Select(r => index.Find(r.Values[0])!.Value)), [], [], Cancel);
        return [.. crowd.Rows.Select(r => clusters.OfRecord[index.Find(r.Values[0])!.Value])];
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
