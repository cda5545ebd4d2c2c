using CsCheck;
using Kendt.Maths;

namespace Kendt.Tests.Maths;

public sealed class SetsAndSortsTests
{
    [Fact]
    public void Radix_sort_sorts_by_the_bits_asked_for_and_keeps_the_order_of_equals() =>
        Gen.Select(Gen.ULong.Array[0, 300], Gen.Int[0, 40], Gen.Int[1, 24]).Sample((items, from, bits) =>
        {
            var expected = items.OrderBy(i => i >> from & ((1UL << bits) - 1)).ToArray();
            RadixSort.Sort(items, new ulong[items.Length], from, from + bits);
            Assert.Equal(expected, items);
        });

    [Fact]
    public void Disjoint_sets_know_who_was_joined() => Gen.Select(Gen.Int[0, 29], Gen.Int[0, 29]).Array[0, 40].Sample(joins =>
    {
        var sets = new DisjointSets(30);
        var naive = Enumerable.Range(0, 30).ToArray();
        foreach (var (a, b) in joins)
        {
            sets.Join(sets.Find(a), sets.Find(b));
            var (from, to) = (naive[a], naive[b]);
            for (var i = 0; i < 30; i++) if (naive[i] == from) naive[i] = to;
        }
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(naive.Count(n => n == naive[i]), sets.Size(sets.Find(i)));
            for (var j = 0; j < 30; j++) Assert.Equal(naive[i] == naive[j], sets.Find(i) == sets.Find(j));
        }
    });

    [Fact]
    public void A_seed_gives_the_same_numbers_in_every_version()
    {
        var chance = new Chance(7);
        Assert.Equal(0x63CBE1E459320DD7UL, chance.Next());
        Assert.Equal(0x044C3CD7F43C661CUL, chance.Next());
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(chance.Below(10), 0, 9));
    }
}
