using System.Text;
using Kendt.Model;
using Kendt.Unify.Matching;
using Kendt.Unify.Matching.Reading;

namespace Kendt.Tests.Unify.Matching;

/// <summary>The matcher as a whole, on people made from a seed.</summary>
public sealed class MatcherTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(400, 1)] // few enough that all are compared with all
    [InlineData(3000, 2)] // brought together by keys
    public void It_finds_who_is_who(int persons, ulong seed)
    {
        var crowd = new Crowd(persons, seed);
        var clusters = Match(crowd.Table()).Clusters;
        var (precision, recall) = Quality([.. crowd.Rows.Select(r => r.Person)], clusters);
        Assert.True(precision > 0.98, $"precision {precision}");
        Assert.True(recall > 0.93, $"recall {recall}");
    }

    [Fact]
    public void The_order_of_rows_changes_nothing()
    {
        var crowd = new Crowd(1500, 3);
        var one = Match(crowd.Table());
        var other = Match(crowd.Table(crowd.Rows.AsEnumerable().Reverse()));
        Array.Reverse(other.Clusters);
        Assert.Equal(Canonical(one.Clusters), Canonical(other.Clusters));
        Assert.Equal(one.Matcher.Compared, other.Matcher.Compared);
        Assert.Equal(one.Matcher.Threshold, other.Matcher.Threshold);
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights()
    {
        var crowd = new Crowd(1500, 4);
        var (one, other) = (Match(crowd.Table()), Match(crowd.Table()));
        Assert.Equal(one.Edges, other.Edges);
    }

    [Fact]
    public void Only_so_many_pairs_are_compared()
    {
        // Everybody has one name and one town: a block of all.
        var crowd = new Crowd(2500, 5);
        foreach (var (values, _) in crowd.Rows) (values[1], values[2], values[5], values[6]) = ("Jens", "Hansen", "5000", "Odense");
        var matcher = Match(crowd.Table()).Matcher;
        Assert.InRange(matcher.Compared, 1, 600_000 + 5L * crowd.Rows.Count);
        Assert.All(matcher.Keys, key => Assert.True(key.Pairs <= 25L * crowd.Rows.Count / 2, key.Key));
    }

    [Fact]
    public void Sources_without_duplicates_are_linked_one_to_one()
    {
        var crowd = new Crowd(1500, 6);
        var taken = new HashSet<(int, int)>();
        var seen = new Dictionary<int, int>();
        var rows = crowd.Rows.Where(r => taken.Add((r.Person, seen[r.Person] = seen.GetValueOrDefault(r.Person) + 1)) && seen[r.Person] <= 2).ToList();
        seen.Clear();
        var source = new Column("source");
        foreach (var (_, person) in rows) source.Add((seen[person] = seen.GetValueOrDefault(person) + 1) == 1 ? "a"u8 : "b"u8);
        var table = crowd.Table(rows);
        var clusters = Match(new([.. table.Columns, source]), source).Clusters;
        Assert.All(clusters.Index().GroupBy(c => c.Item), cluster => Assert.Equal(cluster.Count(), cluster.Select(c => source.Text(c.Index)).Distinct().Count()));
        var (precision, recall) = Quality([.. rows.Select(r => r.Person)], clusters);
        Assert.True(precision > 0.99 && recall > 0.9, $"precision {precision}, recall {recall}");
    }

    [Fact]
    public void Father_and_son_at_one_address_stay_two()
    {
        var crowd = new Crowd(600, 7);
        string[] father = ["", "Jens", "Mogensgaard", "1950-03-14", "Møllevej 4", "5000", "Odense", "familien@mogensgaard.dk", "65432109"];
        string[] son = [.. father];
        (son[1], son[3]) = ("Lars", "1981-11-02");
        string[] poor = ["", "", "Mogensgaard", "", "Møllevej 4", "5000", "Odense", "familien@mogensgaard.dk", ""];
        foreach (var (values, person) in new[] { (father, -1), (father, -1), (son, -2), (son, -2), (poor, -3) })
        {
            string[] row = [.. values];
            row[0] = $"family{crowd.Rows.Count}";
            crowd.Rows.Add((row, person));
        }
        var clusters = Match(crowd.Table()).Clusters;
        var at = crowd.Rows.Count - 5;
        Assert.Equal(clusters[at], clusters[at + 1]);
        Assert.Equal(clusters[at + 2], clusters[at + 3]);
        Assert.NotEqual(clusters[at], clusters[at + 2]);
    }

    [Fact]
    public void The_reasons_of_a_pair_add_up_to_its_weight()
    {
        var (matcher, edges, _) = Match(new Crowd(1500, 8).Table());
        Assert.All(edges.Where((_, i) => i % 50 == 0), edge =>
        {
            var why = matcher.Explain(edge.Left, edge.Right);
            Assert.Equal(edge.Weight, why.Weight, 3);
            Assert.Equal(why.Weight, why.Reasons.Sum(r => r.Bits), 6);
        });
    }

    [Fact]
    public void Companies_are_matched_by_name_and_address()
    {
        var crowd = new Crowd(2500, 9);
        Column[] columns = [new("id"), new("company"), new("address"), new("town"), new("trade")];
        var truth = new List<int>();
        var number = 0;
        foreach (var (values, _) in crowd.Rows.Where(r => r.Values[2].Length > 4 && r.Values[4].Length > 0 && r.Values[6].Length > 0).DistinctBy(r => r.Values[2][..3]).DistinctBy(r => r.Values[4]))
        {
            foreach (var name in number % 3 == 0 ? new[] { $"{values[2]} Maskinfabrik A/S", $"{values[2]} maskinfabrik" } : [$"{values[2]} Bageri"])
            {
                string[] row = [$"c{truth.Count}", name, values[4], values[6], number % 2 == 0 ? "food" : "metal"];
                for (var i = 0; i < columns.Length; i++) columns[i].Add(Encoding.UTF8.GetBytes(row[i]));
                truth.Add(number);
            }
            number++;
        }
        var (precision, recall) = Quality([.. truth], Match(new(columns)).Clusters);
        Assert.True(precision > 0.95 && recall > 0.9, $"precision {precision}, recall {recall}");
    }

    [Fact]
    public void A_table_without_anybody_in_it_is_refused()
    {
        Column[] columns = [new("id"), new("x")];
        for (var i = 0; i < 10; i++) foreach (var column in columns) column.Add(Encoding.UTF8.GetBytes($"{i}"));
        var table = new Table(columns);
        var fault = Assert.Throws<BadInputException>(() => Matcher.Prepare(table, new() { Id = columns[0] }));
        Assert.Contains("nothing to match on", fault.Message, StringComparison.Ordinal);
    }

    private static (Matcher Matcher, IReadOnlyList<Edge> Edges, int[] Clusters) Match(Table table, Column? link = null)
    {
        var matcher = Matcher.Prepare(table, new() { Id = table.Columns[0], Link = link });
        matcher.Block();
        matcher.Learn(Cancel);
        var edges = matcher.Score(Cancel);
        return (matcher, edges, matcher.Cluster(Cancel));
    }

    private static int[] Canonical(int[] clusters)
    {
        var numbers = new Dictionary<int, int>();
        return Array.ConvertAll(clusters, c => numbers.TryGetValue(c, out var n) ? n : numbers[c] = numbers.Count);
    }

    private static (double Precision, double Recall) Quality(int[] truth, int[] clusters)
    {
        static double Pairs<T>(IEnumerable<T> of) where T : notnull => of.GroupBy(x => x).Sum(g => g.Count() * (g.Count() - 1) / 2.0);
        var both = Pairs(truth.Zip(clusters));
        return (both / Pairs(clusters), both / Pairs(truth));
    }
}
