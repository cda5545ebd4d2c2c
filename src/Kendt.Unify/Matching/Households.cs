using System.Runtime.InteropServices;
using Kendt.Maths;

namespace Kendt.Unify.Matching;

/// <summary>
/// Groups of persons who live together: the same address with the same last name, or a telephone number in common with either. They are groups
/// of profiles, never profiles: nothing that is known of one member is said of another.
/// </summary>
internal sealed class Households
{
    // More than so many are a home, a dormitory or a firm; a telephone of more than so many is a switchboard's.
    private const int Most = 12, MostOnPhone = 6;

    private readonly RecordSet _records;
    private readonly int _surname, _street, _number, _area, _phone;

    private Households(RecordSet records)
    {
        _records = records;
        (_surname, _street, _number, _phone) = (First(Meaning.Surname), First(Meaning.Street), First(Meaning.HouseNumber), First(Meaning.Phone));
        _area = First(Meaning.Postcode) is >= 0 and var code ? code : First(Meaning.City);
    }

    private bool HasHomes => _street >= 0 && _area >= 0;

    /// <summary>For each cluster the number of its household, from 0; -1 if it is alone or nothing is known.</summary>
    /// <param name="some">The records that are looked at.</param>
    /// <param name="clusters">For each of these the number of its cluster.</param>
    /// <param name="count">How many clusters there are.</param>
    public static int[] Of(RecordSet records, ReadOnlySpan<int> some, ReadOnlySpan<int> clusters, int count)
    {
        var alone = new int[count];
        Array.Fill(alone, -1);
        var households = new Households(records);
        if (households._surname < 0) return alone;
        var homes = new Home[count];
        if (households.HasHomes) households.Settle(some, clusters, homes);
        var sets = new DisjointSets(count);
        foreach (var home in Groups(homes.Select((home, cluster) => (home.Address == 0 || home.Surname == 0 ? 0 : Hash.Mix(home.Address, home.Surname), cluster))))
        {
            // Flats of one house are told apart where they are known; who does not say belongs to the only one that is said.
            var flats = home.Select(c => homes[c].Inside).Where(i => i != 0).Distinct().ToList();
            foreach (var members in flats.Count < 2 ? [home] : flats.Select(flat => home.Where(c => homes[c].Inside == flat).ToArray())) Join(sets, members);
        }
        if (households._phone >= 0) households.Telephones(some, clusters, homes, sets);
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

    /// <summary>All records that have a home or a telephone in common with some, those among them: who lives with them is among these.</summary>
    public static IReadOnlyList<int> Around(RecordSet records, IEnumerable<int> some)
    {
        var households = new Households(records);
        var (homes, phones) = (new HashSet<ulong>(), new HashSet<int>());
        var isHere = new bool[records.Count];
        foreach (var record in some)
        {
            isHere[record] = true;
            var (home, phone) = households.KeyOf(record);
            homes.Add(home);
            phones.Add(phone);
        }
        homes.Remove(0);
        phones.Remove(0);
        for (var record = 0; record < isHere.Length; record++)
        {
            if (isHere[record]) continue;
            var (home, phone) = households.KeyOf(record);
            isHere[record] = homes.Contains(home) || phones.Contains(phone);
        }
        return [.. Enumerable.Range(0, isHere.Length).Where(record => isHere[record])];
    }

    private (ulong Home, int Phone) KeyOf(int record)
    {
        if (_surname < 0) return (0, 0);
        var home = HasHomes ? HomeOf(record) : default;
        return (home.Address == 0 || home.Surname == 0 ? 0 : Hash.Mix(home.Address, home.Surname), _phone < 0 ? 0 : _records[record][_phone]);
    }

    // A profile's records may say several addresses: the one that most of them say counts.
    private void Settle(ReadOnlySpan<int> some, ReadOnlySpan<int> clusters, Home[] homes)
    {
        var counts = new Dictionary<(int, ulong), int>();
        for (var i = 0; i < some.Length; i++)
        {
            var (home, cluster) = (HomeOf(some[i]), clusters[i]);
            ref var known = ref homes[cluster];
            if (known.Surname == 0) known.Surname = home.Surname;
            if (home.Address == 0) continue;
            var count = counts[(cluster, home.Address)] = counts.GetValueOrDefault((cluster, home.Address)) + 1;
            if (home.Address == known.Address && home.Inside != 0) known.Inside = home.Inside;
            if (home.Address != known.Address && (known.Address == 0 || count > counts[(cluster, known.Address)])) (known.Address, known.Inside) = (home.Address, home.Inside);
        }
    }

    private void Telephones(ReadOnlySpan<int> some, ReadOnlySpan<int> clusters, Home[] homes, DisjointSets sets)
    {
        var said = new List<(ulong, int)>();
        for (var i = 0; i < some.Length; i++) if (_records[some[i]][_phone] is not 0 and var phone) said.Add(((ulong)phone, clusters[i]));
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

    private int First(Meaning meaning) => Array.FindIndex(_records.Fields, f => f.Meaning == meaning);

    private Home HomeOf(int record)
    {
        var cells = _records[record];
        var home = new Home { Surname = cells[_surname] == 0 ? 0 : _records.Fields[_surname].Values[cells[_surname]].Sound };
        if (cells[_street] == 0 || cells[_area] == 0) return home;
        var streets = _records.Fields[_street].Values;
        ref readonly var at = ref streets[cells[_street]];
        var whole = streets.Whole(cells[_street]);
        var inside = whole[(whole.LastIndexOf((byte)'|') + 1)..];
        var number = at.Number;
        if (number == 0 && _number >= 0) (number, inside) = Numbered(_records.Fields[_number].Values.Whole(cells[_number]));
        if (number == 0) return home;
        home.Address = Hash.Mix(Hash.Mix(at.Sound, (ulong)number), _records.Fields[_area].Values[cells[_area]].Content) | 1;
        home.Inside = inside.IsEmpty ? 0 : Hash.Of(inside);
        return home;
    }

    // A house number in a column of its own, with what leads further inside: 12, 12b, 122tv.
    private static (int Number, byte[] Inside) Numbered(ReadOnlySpan<byte> text)
    {
        var digits = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is >= 0 and var end ? end : text.Length;
        return int.TryParse(text[..digits], System.Globalization.CultureInfo.InvariantCulture, out var number) ? (number, text[digits..].ToArray()) : (0, []);
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Home
    {
        public ulong Address, Inside;
        public uint Surname;
    }
}
