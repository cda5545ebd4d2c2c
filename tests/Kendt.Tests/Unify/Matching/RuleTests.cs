using CsCheck;
using Kendt.Maths;
using Kendt.Model;
using Kendt.Unify.Matching;
using Kendt.Unify.Matching.Reading;
using Kendt.Unify.Matching.Rules;

namespace Kendt.Tests.Unify.Matching;

/// <summary>Rules and decisions: what makes records one, or keeps them two, without learning.</summary>
public sealed class RuleTests
{
    private static readonly string[] Headings = ["id", "name", "email", "born", "shop"];

    private static readonly string[][] People =
    [
        ["1", "Bob Hansen", "Bob@Mail.dk", "1980-05-01", "north"],
        ["2", "Robert Hansen", "bob@mail.dk", "1.5.1980", "south"],
        ["3", "Anna Hansen", "bob@mail.dk", "1980-01-05", "north"],
        ["4", "Anne Hansen", "anne@mail.dk", "1980-01-05", "south"],
        ["5", "", "", "", "north"],
        ["6", "", "", "", "south"],
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void All_conditions_hold_and_no_exception()
    {
        MatchRule rule = new() { Name = "mail", All = [new("email")] };
        Assert.Equal("123 4 5 6", Clusters(rule));
        Assert.Equal("12 3 4 5 6", Clusters(rule with { Unless = [new("born", Likeness.Different, 1)] }));
        Assert.Equal("1 2 3 4 5 6", Clusters(rule with { All = [new("email", Likeness.Exact), new("givenName")] }));
        Assert.Equal("1 23 4 5 6", Clusters(rule with { All = [new("email", Likeness.Exact)] }));
        Assert.Equal("13 2 4 5 6", Clusters(rule with { Within = "north" }));
        Assert.Equal("12 34 5 6", Clusters(rule with { All = [new("NAME", Likeness.Fuzzy), new("birthDate")] }));
    }

    [Fact]
    public void A_missing_value_fulfils_nothing() => Assert.Equal("1 2 3 4 5 6", Clusters(new MatchRule { Name = "gone", All = [new("phone")] }));

    [Fact]
    public void The_more_important_rule_names_the_link()
    {
        var matcher = Run([new() { Name = "birth", All = [new("birthDate")] }, new() { Name = "mail", All = [new("email")] }], out _);
        var named = matcher.Score(Cancel).Select(e => (matcher.RowOf(e.Left), matcher.RowOf(e.Right), matcher.RuleOf(e))).Select(e => $"{Math.Min(e.Item1, e.Item2) + 1}{Math.Max(e.Item1, e.Item2) + 1} {e.Item3}").Order(StringComparer.Ordinal);
        Assert.Equal(["12 birth", "13 mail", "23 mail", "34 birth"], named);
    }

    [Theory]
    [InlineData("", "email", 0.9, "has no name")]
    [InlineData("a", "emial", 0.9, "'emial' is neither a column nor a meaning")]
    [InlineData("a", "email", 1.5, "from above 0 to 1")]
    [InlineData("twice", "email", 0.9, "Two rules are named 'twice'")]
    public void A_rule_that_cannot_be_understood_is_refused(string name, string of, double atLeast, string says)
    {
        var rule = new MatchRule { Name = name, All = [new(of, Likeness.Fuzzy, atLeast)] };
        Assert.Contains(says, Assert.Throws<BadInputException>(() => Run([rule, new() { Name = "twice", All = [new("email")] }], out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_ties_all_who_share_a_value_however_many_they_are()
    {
        const int rows = 3000;
        var (id, club) = (new Column("id"), new Column("club"));
        for (var row = 0; row < rows; row++)
        {
            id.Add($"{row}");
            club.Add("blue");
        }
        var matcher = Matcher.Prepare(new([id, club]), new() { Id = id, UsesWeights = false, Rules = [new() { Name = "club", All = [new("club", Likeness.Exact)] }] });
        matcher.Block();
        matcher.Score(Cancel);
        Assert.Single(matcher.Cluster(Cancel).Distinct());
        Assert.InRange(matcher.Compared, rows, 25L * rows);
        Assert.True(matcher.Keys.Single().PairsLeftOut > 0);
    }

    [Fact]
    public void Rules_and_weights_mix()
    {
        var crowd = new Crowd(400, 12);
        var (one, other) = (crowd.Rows[0].Values, crowd.Rows.First(r => r.Person != crowd.Rows[0].Person && r.Values[3].Length == 0).Values);
        one[8] = other[8] = "+45 99 88 77 66";
        var table = crowd.Table();
        var learnt = Finish(Matcher.Prepare(table, new() { Id = table.Columns[0] }));
        table = crowd.Table();
        var mixed = Finish(Matcher.Prepare(table, new() { Id = table.Columns[0], Rules = [new() { Name = "phone", All = [new("phone")] }] }));
        var at = crowd.Rows.FindIndex(r => ReferenceEquals(r.Values, other));
        Assert.NotEqual(learnt[0], learnt[at]);
        Assert.Equal(mixed[0], mixed[at]);
        Assert.True(mixed.Distinct().Count() < 1.05 * learnt.Distinct().Count());
    }

    // Values 0 to 4 of rows say which are one by a rule; decisions are pairs of rows.
    [Fact]
    public void Decisions_hold_whatever_the_way() => Gen.Select(Gen.Int[0, 4].Array[12], Pairs(5), Pairs(5)).Sample((values, always, never) =>
    {
        var (id, key) = (new Column("id"), new Column("key", Meaning.Identity));
        foreach (var (row, value) in values.Index())
        {
            id.Add($"{row}");
            key.Add($"key{value}");
        }
        var matcher = Matcher.Prepare(new([id, key]), new() { Id = id, UsesWeights = false, Always = always, Never = never, Rules = [new() { Name = "key", All = [new("key")] }] });
        var clusters = Finish(matcher);
        Assert.All(never, pair => Assert.True(pair.Left == pair.Right || clusters[pair.Left] != clusters[pair.Right]));
        // Nothing comes together that no way leads to; what was to be together and is not is said to be refused.
        var reach = new DisjointSets(12);
        foreach (var pair in always) reach.Join(reach.Find(pair.Left), reach.Find(pair.Right));
        for (var row = 0; row < 12; row++) reach.Join(reach.Find(row), reach.Find(Array.IndexOf(values, values[row])));
        for (var a = 0; a < 12; a++) for (var b = 0; b < a; b++) if (clusters[a] == clusters[b]) Assert.Equal(reach.Find(a), reach.Find(b));
        var refused = matcher.Refused.Select(r => (Math.Min(matcher.RowOf(r.Left), matcher.RowOf(r.Right)), Math.Max(matcher.RowOf(r.Left), matcher.RowOf(r.Right)))).ToHashSet();
        Assert.All(always, pair => Assert.True(clusters[pair.Left] == clusters[pair.Right] || refused.Contains((Math.Min(pair.Left, pair.Right), Math.Max(pair.Left, pair.Right)))));
        if (never.Length == 0) Assert.Empty(refused);
    }, threads: 1);

    private static Gen<RowPair[]> Pairs(int most) => Gen.Select(Gen.Int[0, 11], Gen.Int[0, 11], (a, b) => new RowPair(a, b)).Where(p => p.Left != p.Right).Array[0, most];

    private static string Clusters(params MatchRule[] rules)
    {
        Run(rules, out var clusters);
        return string.Join(' ', clusters.Index().GroupBy(c => c.Item).Select(g => string.Concat(g.Select(c => People[c.Index][0]))));
    }

    private static Matcher Run(IReadOnlyList<MatchRule> rules, out int[] clusters)
    {
        Column[] columns = [.. Headings.Select(h => new Column(h))];
        foreach (var person in People) foreach (var (column, value) in columns.Zip(person)) column.Add(value);
        var matcher = Matcher.Prepare(new(columns), new() { Id = columns[0], Source = columns[4], UsesWeights = false, Rules = rules });
        clusters = Finish(matcher);
        return matcher;
    }

    private static int[] Finish(Matcher matcher)
    {
        matcher.Block();
        matcher.Learn(Cancel);
        matcher.Score(Cancel);
        return matcher.Cluster(Cancel);
    }
}
