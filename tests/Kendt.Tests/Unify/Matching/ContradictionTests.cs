using Kendt.Unify.Matching;
using Kendt.Unify.Matching.Reading;
using Kendt.Unify.Matching.Rules;

namespace Kendt.Tests.Unify.Matching;

/// <summary>What keeps records apart that a rule, or all that is alike, would make one; and who lives with whom.</summary>
public sealed class ContradictionTests
{
    private const string Headings = "id,first_name,surname,birth_date,cpr,street,postcode,phone,email";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Jens,Lund,1950-03-14,,,,,a@mail.dk", "Jens,Lund,1950-14-03,,,,,a@mail.dk", null)] // day and month swapped
    [InlineData("Jens,Lund,1950-03-14,,,,,a@mail.dk", "Jens,Lund,,,,,,a@mail.dk", null)]
    [InlineData("Jens,Lund,1950-03-14,,,,,a@mail.dk", "Jens,Lund,1981-11-02,,,,,a@mail.dk", RefusedFor.BirthDate)]
    [InlineData("Jens,Lund,,1403501234,,,,a@mail.dk", "Jens,Lund,,1403501243,,,,a@mail.dk", null)] // two digits swapped
    [InlineData("Jens,Lund,,1403501234,,,,a@mail.dk", "Jens,Lund,,0211814321,,,,a@mail.dk", RefusedFor.OfficialNumber)]
    public void A_rule_does_not_join_what_contradicts(string one, string other, RefusedFor? because)
    {
        var (matcher, clusters) = Run([one, other], new() { Name = "mail", All = [new("email")] });
        Assert.Equal(because is null, clusters[0] == clusters[1]);
        Assert.Equal(because is null ? [] : [because.Value], matcher.Refused.Select(r => r.Because));
    }

    [Fact]
    public void A_cluster_is_refused_by_all_of_its_values_and_not_by_one_that_is_wrong()
    {
        var (_, clusters) = Run(["Jens,Lund,1950-03-14,,,,,a@mail.dk", "Jens,Lund,1981-11-02,,,,20304050,a@mail.dk", "Jens,Lund,1950-03-24,,,,,a@mail.dk"], new() { Name = "mail", All = [new("email")] });
        Assert.Equal(clusters[0], clusters[2]);
        Assert.NotEqual(clusters[0], clusters[1]);
    }

    [Fact]
    public void Nobody_has_that_many_addresses()
    {
        var (matcher, clusters) = Run([.. Enumerable.Range(0, 9).Select(i => $"Jens,Lund,,,,,20304050,{"abcdefghi"[i]}{i * 977}@mail{i}.dk")], new() { Name = "phone", All = [new("phone")] });
        Assert.All(clusters.GroupBy(c => c), cluster => Assert.True(cluster.Count() <= 6));
        Assert.Contains(RefusedFor.TooMany, matcher.Refused.Select(r => r.Because));
    }

    [Fact]
    public void Twins_father_and_son_stay_apart_and_are_a_household()
    {
        var crowd = new Crowd(800, 31);
        string[] twins = ["Viggo,Torupgaard,1999-05-06,,Bakkevej 77,5000,20111213,viggo@torup.dk", "Leif,Torupgaard,1999-05-06,,Bakkevej 77,5000,20999897,leif@torup.dk", "Niels,Torupgaard,,,Bakkevej 77,5000,,"];
        var rows = crowd.Rows.Select(r => $"{r.Values[1]},{r.Values[2]},{r.Values[3]},,{r.Values[4]},{r.Values[5]},{r.Values[8]},{r.Values[7]}").Concat(twins).ToArray();
        var (matcher, clusters) = Run(rows, null);
        Assert.Equal(3, clusters[^3..].Distinct().Count());
        var household = matcher.HouseholdOfCluster();
        Assert.Single(clusters[^3..].Select(c => household[c]).Distinct());
        Assert.NotEqual(-1, household[clusters[^1]]);
    }

    [Fact]
    public void A_telephone_of_many_is_no_household()
    {
        var (matcher, clusters) = Run([.. Enumerable.Range(0, 9).Select(i => $"{"ABCDEFGHI"[i]}nton,Lund{i},,,Bakkevej {i + 1},5000,20304050,")], new() { Name = "mail", All = [new("email")] });
        Assert.Equal(9, clusters.Distinct().Count());
        Assert.All(matcher.HouseholdOfCluster(), household => Assert.Equal(-1, household));
    }

    private static (Matcher Matcher, int[] Clusters) Run(string[] rows, MatchRule? rule)
    {
        Column[] columns = [.. Headings.Split(',').Select(h => new Column(h))];
        foreach (var (at, row) in rows.Index()) foreach (var (column, value) in columns.Zip($"{at},{row}".Split(','))) column.Add(value);
        var matcher = Matcher.Prepare(new Table(columns), new() { Id = columns[0], UsesWeights = rule is null, Rules = rule is null ? [] : [rule] });
        matcher.Block();
        matcher.Learn(Cancel);
        matcher.Score(Cancel);
        return (matcher, matcher.Cluster(Cancel));
    }
}
