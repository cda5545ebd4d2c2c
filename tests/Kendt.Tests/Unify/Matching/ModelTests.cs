using Kendt.Model;
using Kendt.Unify.Matching;
using Kendt.Unify.Matching.Reading;
using Kendt.Unify.Matching.Rules;

namespace Kendt.Tests.Unify.Matching;

/// <summary>What a run hands on: a model for other runs, pairs to ask people about, numbers and alarms.</summary>
public sealed class ModelTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(300)]
    [InlineData(1500)]
    public void A_model_matches_the_table_that_it_was_learnt_from_as_before(int persons)
    {
        var crowd = new Crowd(persons, 21);
        var table = crowd.Table();
        var (first, clusters) = Run(table, new() { Id = table.Columns[0] });
        table = crowd.Table();
        var (again, same) = Run(table, new() { Id = table.Columns[0], Model = MatchModel.FromJson(first.Model!.ToJson()) });
        Assert.Equal(clusters, same);
        Assert.Equal(first.Threshold, again.Threshold);
        Assert.Equal(first.Compared, again.Compared);
        Assert.Equal(first.Model!.ToJson(), again.Model!.ToJson());
    }

    [Fact]
    public void A_model_matches_other_rows_of_the_same_columns()
    {
        var table = new Crowd(3000, 22).Table();
        var model = Run(table, new() { Id = table.Columns[0] }).Matcher.Model!;
        var crowd = new Crowd(500, 23);
        table = crowd.Table();
        // A column that the model does not know, and one less.
        var extra = new Column("more");
        foreach (var _ in crowd.Rows) extra.Add("x");
        var (matcher, clusters) = Run(new([.. table.Columns.Where(c => c.Name != "city"), extra]), new() { Id = table.Columns[0], Model = model });
        Assert.Equal(Meaning.Nothing, matcher.Columns.Single(c => c.Column == extra).Meaning);
        Assert.InRange(clusters.Distinct().Count(), 0.95 * crowd.Persons, 1.1 * crowd.Persons);
    }

    [Theory]
    [InlineData("", "cannot be read")]
    [InlineData("{}", "cannot be read")]
    [InlineData("null", "not whole")]
    public void What_is_no_model_is_refused(string text, string says) => Assert.Contains(says, Assert.Throws<BadInputException>(() => MatchModel.FromJson(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_model_whose_tables_are_cut_is_refused()
    {
        var table = new Crowd(200, 24).Table();
        var model = Run(table, new() { Id = table.Columns[0] }).Matcher.Model!;
        var cut = model with { Fields = [model.Fields[0] with { Same = [0.5] }] };
        Assert.Contains("not whole", Assert.Throws<BadInputException>(() => MatchModel.FromJson(cut.ToJson())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_column_means_can_be_said()
    {
        var crowd = new Crowd(300, 25);
        var plain = crowd.Table();
        Column[] columns = [plain.Columns[0], new("a", Meaning.GivenName), new("b", Meaning.Surname), new("email", Meaning.Nothing), new("mobile", Meaning.Email)];
        foreach (var (values, _) in crowd.Rows)
        {
            columns[1].Add(values[1]);
            columns[2].Add(values[2]);
            columns[3].Add("nobody@nowhere.dk");
            columns[4].Add(values[7]);
        }
        var (matcher, _) = Run(new(columns), new() { Id = columns[0] });
        Assert.Equal([Meaning.GivenName, Meaning.Surname, Meaning.Nothing, Meaning.Email], matcher.Columns.Select(c => c.Meaning));
    }

    [Fact]
    public void A_given_threshold_holds()
    {
        var crowd = new Crowd(300, 26);
        int Count(double? threshold)
        {
            var table = crowd.Table();
            return Run(table, new() { Id = table.Columns[0], Threshold = threshold }).Clusters.Distinct().Count();
        }
        Assert.True(Count(25) > Count(null));
        Assert.Equal(crowd.Rows.Count, Count(1000));
    }

    [Fact]
    public void People_are_asked_about_pairs_near_the_threshold_and_never_twice()
    {
        var crowd = new Crowd(2000, 27);
        var table = crowd.Table();
        var first = Run(table, new() { Id = table.Columns[0] }).Matcher;
        var asked = first.Uncertain(20);
        Assert.Equal(20, asked.Count);
        Assert.All(asked, pair => Assert.InRange(pair.Weight, first.Threshold - 6, first.Threshold + 6));
        table = crowd.Table();
        RowPair[] answered = [.. asked.Select(p => new RowPair(p.Right, p.Left))];
        var (again, clusters) = Run(table, new() { Id = table.Columns[0], Always = answered[..10], Never = answered[10..] });
        Assert.Empty(again.Uncertain(1000).Select(p => new RowPair(p.Right, p.Left)).Intersect(answered));
        Assert.All(answered[10..], pair => Assert.NotEqual(clusters[pair.Left], clusters[pair.Right]));
    }

    [Fact]
    public void Numbers_by_source_and_clusters_that_hang_on_one_link()
    {
        // Two groups of three with a key of their own, tied by one telephone number.
        Column[] columns = [new("id"), new("key", Meaning.Identity), new("phone", Meaning.Phone), new("shop")];
        foreach (var row in new[] { "1,aaa,20304050,n", "2,aaa,,n", "3,aaa,,s", "4,bbb,20304050,s", "5,bbb,,s", "6,bbb,,n", "7,ccc,,n" }) foreach (var (column, value) in columns.Zip(row.Split(','))) column.Add(value);
        var (matcher, clusters) = Run(new(columns), new() { Id = columns[0], Source = columns[3], UsesWeights = false, Rules = [new() { Name = "key", All = [new("key")] }, new() { Name = "phone", All = [new("phone")] }] });
        Assert.Equal(2, clusters.Distinct().Count());
        var alarm = Assert.Single(matcher.Suspicious());
        Assert.Equal((6, clusters[0], 7 / 15.0), (alarm.Rows, alarm.Cluster, alarm.Density));
        Assert.Equal((0, 3), (Math.Min(alarm.Bridge!.Value.Left, alarm.Bridge.Value.Right), Math.Max(alarm.Bridge.Value.Left, alarm.Bridge.Value.Right)));
        Assert.Equal([new("n", "n", 4, 3, 1, 1, 0), new("n", "s", 4, 3, 5, 5, 0), new("s", "n", 3, 3, 5, 5, 0), new("s", "s", 3, 3, 1, 1, 0)], matcher.BySource());
    }

    [Fact]
    public void A_source_is_cleaned_before_others_are_matched()
    {
        // The key of the second row is of both its own source and another, and nobody says more: who comes first takes it.
        Column[] columns = [new("id"), new("mail", Meaning.Email), new("card", Meaning.Identity), new("shop")];
        foreach (var row in new[] { "1,a@mail.dk,c111,n", "2,a@mail.dk,c222,n", "3,b@mail.dk,c222,s" }) foreach (var (column, value) in columns.Zip(row.Split(','))) column.Add(value);
        string Who(bool cleanFirst)
        {
            var again = columns.Select(c => new Column(c.Name, c.Meaning)).ToArray();
            for (var row = 0; row < 3; row++) foreach (var (from, to) in columns.Zip(again)) to.Add(from.Text(row));
            var (_, clusters) = Run(new(again), new() { Id = again[0], Source = again[3], UsesWeights = false, CleanFirst = cleanFirst, Never = [new(0, 2)], Rules = [new() { Name = "card", All = [new("card")] }, new() { Name = "mail", All = [new("mail")] }] });
            return string.Join(' ', clusters.Index().GroupBy(c => c.Item).Select(g => string.Concat(g.Select(c => c.Index + 1))));
        }
        Assert.Equal("1 23", Who(cleanFirst: false));
        Assert.Equal("12 3", Who(cleanFirst: true));
    }

    private static (Matcher Matcher, int[] Clusters) Run(Table table, MatchOptions options)
    {
        var matcher = Matcher.Prepare(table, options);
        matcher.Block();
        matcher.Learn(Cancel);
        matcher.Score(Cancel);
        return (matcher, matcher.Cluster(Cancel));
    }
}
