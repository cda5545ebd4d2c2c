using Kendt.Unify.Matching;
using Kendt.Unify.Matching.Reading;

namespace Kendt.Tests.Unify.Matching;

/// <summary>Answers about uncertain pairs make the weights better, never much worse, and the same answers always do the same.</summary>
public sealed class AnswerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(51, true, 0.85)]
    [InlineData(52, true, 0.85)]
    [InlineData(52, false, 1.05)]
    public void A_badly_learnt_model_becomes_better_and_a_good_one_stays(ulong seed, bool hasCard, double most)
    {
        var crowd = new Crowd(900, seed);
        var truth = crowd.Rows.ConvertAll(r => r.Person);
        var before = Run(crowd, hasCard, []);
        var asked = before.Matcher.Uncertain(150);
        var answers = asked.Select(p => new Answer(new(p.Left, p.Right), truth[p.Left] == truth[p.Right])).ToList();
        var after = Run(crowd, hasCard, answers);
        Assert.Equal(answers.Count, after.Matcher.Calibration!.Same + after.Matcher.Calibration.Different);
        Assert.Null(before.Matcher.Calibration);
        var (one, other) = (Loss(before.Matcher, before.Edges, truth), Loss(after.Matcher, before.Edges, truth));
        Assert.True(other < most * one, $"{one} before, {other} after; {string.Join("; ", after.Matcher.Calibration.Moved)}");
        Assert.True(Quality(after.Clusters, truth) > Quality(before.Clusters, truth) - 0.002);
        Assert.Equal(after.Matcher.Model!.ToJson(), Run(crowd, hasCard, answers).Matcher.Model!.ToJson());
    }

    // Bits of surprise a pair.
    private static double Loss(Matcher matcher, IReadOnlyList<Edge> edges, List<int> truth) => edges.Average(e =>
        -Math.Log2(Math.Max(1e-6, truth[matcher.RowOf(e.Left)] == truth[matcher.RowOf(e.Right)] ? matcher.Explain(e.Left, e.Right).Probability : 1 - matcher.Explain(e.Left, e.Right).Probability)));

    // B-cubed F1.
    private static double Quality(int[] clusters, List<int> truth)
    {
        var (persons, sizes) = (truth.CountBy(p => p).ToDictionary(), clusters.CountBy(c => c).ToDictionary());
        var both = truth.Zip(clusters).CountBy(p => p).ToList();
        var (precision, recall) = (both.Sum(b => (double)b.Value * b.Value / sizes[b.Key.Second]) / truth.Count, both.Sum(b => (double)b.Value * b.Value / persons[b.Key.First]) / truth.Count);
        return 2 * precision * recall / (precision + recall);
    }

    private static (Matcher Matcher, IReadOnlyList<Edge> Edges, int[] Clusters) Run(Crowd crowd, bool hasCard, IReadOnlyList<Answer> answers)
    {
        // Two members of a family share it, and it is taken for one person's own: badly learnt.
        var card = new Column("card", Meaning.Identity);
        foreach (var (_, person) in crowd.Rows) card.Add($"{770000 + person / 2 * 37}");
        var table = new Table([.. crowd.Table().Columns.Where(c => c.Name is "id" or "given_name" or "surname" or "street" or "postcode" or "city"), .. hasCard ? [card] : Array.Empty<Column>()]);
        var matcher = Matcher.Prepare(table, new() { Id = table.Columns[0], Answers = answers });
        matcher.Block();
        matcher.Learn(Cancel);
        var edges = matcher.Score(Cancel);
        return (matcher, edges, matcher.Cluster(Cancel));
    }
}
