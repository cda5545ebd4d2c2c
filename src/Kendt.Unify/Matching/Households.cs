using System.Runtime.InteropServices;
using Kendt.Maths;

namespace Kendt.Unify.Matching;

/// <summary>
/// Groups of persons who live together: the same address with the same last name, or a telephone number in common with either. They are groups
/// of profiles, never profiles: nothing that is known of one member is said of another.
/// </summary>
internal static class Households
{
    // More than so many are a home, a dormitory or a firm; a telephone of more than so many is a switchboard's.
    private const int Most = 12, MostOnPhone = 6;

    /// <summary>For each cluster the number of its household, from 0; -1 if it is alone or nothing is known.</summary>
    public static int[] Of(RecordSet records, Clusters clusters)
    {
        var alone = new int[clusters.Count];
        Array.Fill(alone, -1);
        var (surname, street, postcode, phone) = (First(records, Meaning.Surname), First(records, Meaning.Street), First(records, Meaning.Postcode) is >= 0 and var code ? code : First(records, Meaning.City), First(records, Meaning.Phone));
        if (surname < 0) return alone;
        var homes = new Home[clusters.Count];
        if (street >= 0 && postcode >= 0) Settle(records, clusters, homes, surname, street, postcode);
        var sets = new DisjointSets(clusters.Count);
        foreach (var home in Groups(homes.Select((home, cluster) => (home.Address == 0 || home.Surname == 0 ? 0 : Hash.Mix(home.Address, home.Surname), cluster))))
        {
            // Flats of one house are told apart where they are known; who does not say belongs to the only one that is said.
            var flats = home.Select(c => homes[c].Inside).Where(i => i != 0).Distinct().ToList();
            foreach (var members in flats.Count < 2 ? [home] : flats.Select(flat => home.Where(c => homes[c].Inside == flat).ToArray())) Join(sets, members);
        }
        if (phone >= 0) Telephones(records, clusters, homes, phone, sets);
        var numbers = new Dictionary<int, int>();
        for (var cluster = 0; cluster < alone.Length; cluster++)
        {
            var root = sets.Find(cluster);
            if (sets.Size(root) == 1) continue;
            if (!numbers.TryGetValue(root, out var number)) numbers[root] = number = numbers.Count;
            alone[cluster] = number;
        }
        return alone;
    }

    // A profile's records may say several addresses: the one that most of them say counts.
    private static void Settle(RecordSet records, Clusters clusters, Home[] homes, int surname, int street, int postcode)
    {
        var counts = new Dictionary<(int, ulong), int>();
        for (var record = 0; record < records.Count; record++)
        {
            var home = Home.Of(records, records[record], surname, street, postcode);
            ref var known = ref homes[clusters.OfRecord[record]];
            if (known.Surname == 0) known.Surname = home.Surname;
            if (home.Address == 0) continue;
            var cluster = clusters.OfRecord[record];
            var count = counts[(cluster, home.Address)] = counts.GetValueOrDefault((cluster, home.Address)) + 1;
            if (home.Address == known.Address && home.Inside != 0) known.Inside = home.Inside;
            if (home.Address != known.Address && (known.Address == 0 || count > counts[(cluster, known.Address)])) (known.Address, known.Inside) = (home.Address, home.Inside);
        }
    }

    private static void Telephones(RecordSet records, Clusters clusters, Home[] homes, int phone, DisjointSets sets)
    {
        var said = Enumerable.Range(0, records.Count).Where(r => records[r][phone] != 0).Select(r => ((ulong)records[r][phone], clusters.OfRecord[r]));
        foreach (var members in Groups(said))
        {
            if (members.Length > MostOnPhone) continue;
            foreach (var kin in members.GroupBy(c => homes[c].Surname).Where(g => g.Key != 0)) Join(sets, [.. kin]);
            foreach (var together in members.GroupBy(c => homes[c].Address).Where(g => g.Key != 0)) Join(sets, [.. together]);
        }
    }

    // Groups of several different clusters that have the same thing, which is not 0.
    private static IEnumerable<int[]> Groups(IEnumerable<(ulong Thing, int Cluster)> said) =>
        from pair in said.Where(s => s.Thing != 0).Distinct()
        group pair.Cluster by pair.Thing into some
        let members = some.ToArray()
        where members.Length is > 1 and <= Most
        select members;

    private static void Join(DisjointSets sets, int[] members)
    {
        foreach (var member in members)
        {
            var (a, b) = (sets.Find(members[0]), sets.Find(member));
            if (a != b && sets.Size(a) + sets.Size(b) <= Most) sets.Join(a, b);
        }
    }

    private static int First(RecordSet records, Meaning meaning) => Array.FindIndex(records.Fields, f => f.Meaning == meaning);

    [StructLayout(LayoutKind.Auto)]
    private struct Home
    {
        public ulong Address, Inside;
        public uint Surname;

        public static Home Of(RecordSet records, ReadOnlySpan<int> cells, int surname, int street, int area)
        {
            var home = new Home { Surname = cells[surname] == 0 ? 0 : records.Fields[surname].Values[cells[surname]].Sound };
            if (cells[street] == 0 || cells[area] == 0) return home;
            var streets = records.Fields[street].Values;
            ref readonly var at = ref streets[cells[street]];
            if (at.Number == 0) return home;
            home.Address = Hash.Mix(Hash.Mix(at.Sound, (ulong)at.Number), records.Fields[area].Values[cells[area]].Content) | 1;
            var whole = streets.Whole(cells[street]);
            var inside = whole[(whole.LastIndexOf((byte)'|') + 1)..];
            home.Inside = inside.IsEmpty ? 0 : Hash.Of(inside);
            return home;
        }
    }
}
