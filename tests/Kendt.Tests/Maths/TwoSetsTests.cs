using CsCheck;
using Kendt.Maths;

namespace Kendt.Tests.Maths;

public sealed class TwoSetsTests
{
    [Fact]
    public void Figures_are_those_of_the_textbook()
    {
        var sets = new TwoSets(30, 40, 50, 100);
        Assert.Equal(0.5, sets.Jaccard);
        Assert.Equal(1.5, sets.Lift!.Value, 12);
        // G² of [[30, 10], [20, 40]] is 17.26 (2 * sum of seen * ln(seen / expected)).
        Assert.Equal(17.2609, sets.Bits * 2 * Math.Log(2), 3);
        Assert.Equal(3.26e-5, sets.Chance, 6);
        Assert.Equal(0.05, Normal.TwoTails(Normal.Nineteen), 7);
        Assert.Equal(1, Normal.TwoTails(0), 7);
        Assert.Equal(1.973e-9, Normal.TwoTails(6), 11);
    }

    [Fact]
    public void Independent_sets_do_not_surprise_and_small_sets_are_drawn_to_the_whole()
    {
        Assert.Equal(0, new TwoSets(20, 40, 50, 100).Bits, 9);
        Assert.Equal(1, new TwoSets(20, 40, 50, 100).Chance, 5);
        var (few, many) = (new TwoSets(3, 3, 100, 1000).Lean(), new TwoSets(3000, 3000, 100_000, 1_000_000).Lean());
        Assert.InRange(few.Ratio, 1.5, 3);
        Assert.InRange(many.Ratio, 9.9, 10);
        Assert.True(many.High / many.Low < few.High / few.Low);
        Assert.Equal((1, 1, 1), new TwoSets(0, 0, 5, 10).Lean());
        Assert.Equal((1, 1, 1), new TwoSets(5, 10, 5, 10).Lean());
        Assert.Null(new TwoSets(0, 0, 5, 10).Lift);
        // A tenth of the others was looked at: with the true part of the whole, the same ratio.
        var (seen, whole) = (new TwoSets(600, 1000, 600 + 180, 1900).Lean(0.1), new TwoSets(600, 1000, 600 + 1800, 10_000).Lean());
        Assert.Equal(whole.Ratio, seen.Ratio, 9);
        Assert.True(seen.High > whole.High);
    }

    [Fact]
    public void Figures_of_any_two_sets_are_within_their_bounds() => (from all in Gen.Long[1, 100_000]
                                                                      from left in Gen.Long[0, all]
                                                                      from right in Gen.Long[0, all]
                                                                      from both in Gen.Long[Math.Max(0, left + right - all), Math.Min(left, right)]
                                                                      select new TwoSets(both, left, right, all)).Sample(sets =>
                                                                  {
                                                                      var (ratio, low, high) = sets.Lean();
                                                                      Assert.InRange(sets.Jaccard, 0, 1);
                                                                      Assert.True(sets.Bits >= 0 && double.IsFinite(sets.Bits) && sets.Chance is >= 0 and <= 1);
                                                                      Assert.True(low <= ratio && ratio <= high && double.IsFinite(low), $"{sets}: {low} {ratio} {high}");
                                                                      var turned = new TwoSets(sets.Both, sets.Right, sets.Left, sets.All);
                                                                      Assert.Equal(sets.Bits, turned.Bits, 6);
                                                                      Assert.Equal(sets.Jaccard, turned.Jaccard);
                                                                  }, seed: "0000TwoSets00", threads: 1);

    [Theory]
    [InlineData(0.2, 0.3, 400, 4000)]
    [InlineData(0.05, 0.05, 2000, 3000)]
    [InlineData(0.6, 0.4, 300, 20_000)]
    public void The_interval_has_the_truth_in_it_nineteen_times_of_twenty(double own, double rest, int left, int all)
    {
        var chance = new Chance(7);
        var (truth, hit, runs) = (own / (((own * left) + (rest * (all - left))) / all), 0, 2000);
        for (var run = 0; run < runs; run++)
        {
            var both = Draw(ref chance, left, own);
            var (_, low, high) = new TwoSets(both, left, both + Draw(ref chance, all - left, rest), all).Lean();
            if (low <= truth && truth <= high) hit++;
        }
        Assert.InRange(hit / (double)runs, 0.93, 0.97);
    }

    [Fact]
    public void Of_many_questions_without_an_answer_hardly_any_is_a_discovery()
    {
        Assert.Equal([0.04, 0.04, 0.05, 0.5], Discoveries.FalseParts([0.01, 0.02, 0.0375, 0.5]).Select(p => Math.Round(p, 9)));
        Assert.Empty(Discoveries.FalseParts([]));
        var (chance, runsWithOne) = (new Chance(11), 0);
        for (var run = 0; run < 400; run++)
        {
            var chances = Enumerable.Range(0, 200).Select(_ => (chance.Next() >> 11) / (double)(1L << 53)).ToArray();
            if (Discoveries.FalseParts(chances).Any(p => p <= 0.05)) runsWithOne++;
        }
        Assert.InRange(runsWithOne / 400.0, 0.02, 0.08);
    }

    [Fact]
    public void Differences_are_those_of_the_papers()
    {
        // Newcombe 1998, table II: 56/70 and 48/80 by method 10.
        var parts = Differences.OfParts((56, 70), (48, 80))!.Value;
        Assert.Equal((0.2, 0.0524, 0.3339), (Math.Round(parts.Value, 4), Math.Round(parts.Low, 4), Math.Round(parts.High, 4)));
        // t with 8 degrees of freedom is 2.306: two groups of five with deviation 1.
        var means = Differences.OfMeans((5, 3, 1), (5, 1, 1))!.Value;
        Assert.Equal(2.306 * Math.Sqrt(0.4), means.High - 2, 3);
        Assert.Null(Differences.OfMeans((1, 3, 0), (5, 1, 1)));
        Assert.Null(Differences.OfParts((0, 0), (5, 10)));
    }

    private static long Draw(ref Chance chance, int count, double part)
    {
        var hit = 0L;
        for (var i = 0; i < count; i++)
            if (chance.Below(1_000_000) < part * 1_000_000) hit++;
        return hit;
    }
}
