using Kendt.Maths;
using Kendt.Unify.Matching.Rules;

namespace Kendt.Unify.Matching.Blocking;

/// <summary>What one key did.</summary>
/// <param name="Key">The fields that records must have in common.</param>
/// <param name="Blocks">Groups of two records and more.</param>
/// <param name="Pairs">Pairs within them, those that other keys find too among them.</param>
/// <param name="PairsLeftOut">Pairs of groups that stayed too large after cutting.</param>
public sealed record BlockingKey(string Key, int Blocks, long Pairs, long PairsLeftOut);

/// <summary>What records must have in common to be compared: a code for each record, 0 if something is missing.</summary>
internal sealed record Key(string Name, Func<int, ulong> Code, Atom[] Cutters)
{
    /// <summary>A key of atoms; its large groups are cut by the atoms of other fields that cut best.</summary>
    public static Key Of(RecordSet records, Atom[] key, IReadOnlyList<Atom> atoms)
    {
        var cutters = atoms.OrderByDescending(a => a.Codes.Length).DistinctBy(a => a.Field).Where(c => !key.Any(k => k.Field == c.Field)).Take(3).ToArray();
        return new(string.Join(" and ", key.Select(k => k.Name)), record => Blocks.Code(records[record], key), cutters);
    }

    /// <summary>A key of a rule: of its large groups, records are compared with their neighbours, so that all are still tied to each other.</summary>
    public static Key Of(RuleKey key) => new(key.Name, key.Code, []);
}

/// <summary>
/// Groups of records that are compared with one another. Groups that would be too large are cut by what else their records have in common; what
/// is still too large is left out and counted.
/// </summary>
internal sealed class Blocks
{
    private readonly int[] _members, _starts;
    private readonly int[] _ofRecord, _recordStarts;

    private Blocks(int[] members, int[] starts, int records, IReadOnlyList<BlockingKey> keys)
    {
        (_members, _starts, Keys) = (members, starts, keys);
        _recordStarts = new int[records + 1];
        foreach (var record in members) _recordStarts[record + 1]++;
        for (var record = 0; record < records; record++) _recordStarts[record + 1] += _recordStarts[record];
        _ofRecord = new int[members.Length];
        var next = _recordStarts.AsSpan(0, records).ToArray();
        for (var block = 0; block < starts.Length - 1; block++)
        {
            foreach (var record in Members(block)) _ofRecord[next[record]++] = block;
        }
    }

    public IReadOnlyList<BlockingKey> Keys { get; }

    /// <summary>The blocks that a record is in.</summary>
    public ReadOnlySpan<int> Of(int record) => _ofRecord.AsSpan(_recordStarts[record], _recordStarts[record + 1] - _recordStarts[record]);

    /// <summary>The records of a block, in rising order.</summary>
    public ReadOnlySpan<int> Members(int block) => _members.AsSpan(_starts[block], _starts[block + 1] - _starts[block]);

    /// <summary>The name of the key that brings everybody together.</summary>
    public const string AllPairs = "all pairs";

    /// <summary>Everybody with everybody, for tables that are small enough.</summary>
    public static Blocks All(int records) =>
        new([.. Enumerable.Range(0, records)], [0, records], records, [new(AllPairs, 1, (long)records * (records - 1) / 2, 0)]);

    /// <param name="records">The records.</param>
    /// <param name="keys">What brings them together.</param>
    /// <param name="largest">Groups of more than so many are cut.</param>
    /// <param name="touched">If given, groups with one of these records only.</param>
    public static Blocks Make(RecordSet records, IReadOnlyList<Key> keys, int largest, IReadOnlyList<int>? touched = null)
    {
        var made = new (List<int> Members, List<int> Starts, BlockingKey Key)[keys.Count];
        Parallel.For(0, keys.Count, k => made[k] = Make(records, keys[k], largest, touched));
        var members = new int[made.Sum(m => m.Members.Count)];
        var starts = new int[made.Sum(m => m.Starts.Count) + 1];
        var (at, block) = (0, 0);
        foreach (var (part, begins, _) in made)
        {
            foreach (var begin in begins) starts[block++] = at + begin;
            part.CopyTo(members, at);
            at += part.Count;
        }
        starts[block] = at;
        return new(members, starts, records.Count, [.. made.Select(m => m.Key)]);
    }

    /// <summary>What a record has at a key; 0 if something is missing.</summary>
    public static ulong Code(ReadOnlySpan<int> record, Atom[] key)
    {
        ulong code = 0;
        foreach (var atom in key)
        {
            var part = atom.Codes[record[atom.Field]];
            if (part == 0) return 0;
            code = Hash.Mix(code, part);
        }
        return code | 1;
    }

    private static (List<int>, List<int>, BlockingKey) Make(RecordSet records, Key key, int largest, IReadOnlyList<int>? touched)
    {
        var entries = new ulong[records.Count];
        var count = 0;
        // Most codes that nobody asked for are passed over by one look at a table of bits.
        var (asked, bits) = (touched is null ? null : touched.Select(key.Code).Where(code => code != 0).Select(code => (uint)code).ToHashSet(), new ulong[touched is null ? 0 : 1 << 14]);
        if (asked is not null) foreach (var code in asked) bits[code >> 6 & 0x3fff] |= 1UL << (int)(code & 63);
        for (var record = 0; record < records.Count; record++)
        {
            var code = key.Code(record);
            if (asked is not null && ((bits[(uint)code >> 6 & 0x3fff] >> (int)(code & 63) & 1) == 0 || !asked.Contains((uint)code))) continue;
            if (code != 0) entries[count++] = code << 32 | (uint)record;
        }
        var sorted = entries.AsSpan(0, count);
        RadixSort.Sort(sorted, new ulong[count], 32);
        var cut = new Cutting(records, key.Cutters, largest, count / 2);
        for (var from = 0; from < count;)
        {
            var to = from + 1;
            while (to < count && sorted[to] >> 32 == sorted[from] >> 32) to++;
            if (to - from > 1) cut.Take(sorted[from..to], 0);
            from = to;
        }
        return (cut.Members, cut.Starts, new(key.Name, cut.Starts.Count, cut.Pairs, cut.LeftOut));
    }

    private sealed class Cutting(RecordSet records, Atom[] cutters, int largest, int capacity)
    {
        public List<int> Members { get; } = new(capacity);

        public List<int> Starts { get; } = new(capacity / 2);

        public long Pairs { get; private set; }

        public long LeftOut { get; private set; }

        public void Take(Span<ulong> block, int cutter)
        {
            if (block.Length <= largest)
            {
                Starts.Add(Members.Count);
                foreach (var entry in block) Members.Add((int)(uint)entry);
                Pairs += (long)block.Length * (block.Length - 1) / 2;
                return;
            }
            if (cutters.Length == 0)
            {
                Neighbours(block);
                return;
            }
            if (cutter == cutters.Length)
            {
                LeftOut += (long)block.Length * (block.Length - 1) / 2;
                return;
            }
            var atom = cutters[cutter];
            var whole = (long)block.Length * (block.Length - 1) / 2;
            foreach (ref var entry in block)
            {
                var record = (int)(uint)entry;
                entry = (ulong)atom.Codes[records[record][atom.Field]] << 32 | (uint)record;
            }
            block.Sort();
            long kept = 0;
            for (var from = 0; from < block.Length;)
            {
                var to = from + 1;
                while (to < block.Length && block[to] >> 32 == block[from] >> 32) to++;
                if (to - from > 1)
                {
                    kept += (long)(to - from) * (to - from - 1) / 2;
                    Take(block[from..to], cutter + 1);
                }
                from = to;
            }
            LeftOut += whole - kept;
        }

        // Windows that overlap by half.
        private void Neighbours(ReadOnlySpan<ulong> block)
        {
            var whole = (long)block.Length * (block.Length - 1) / 2;
            var half = largest / 2;
            for (var from = 0; from == 0 || from + half < block.Length; from += half)
            {
                var window = block[from..Math.Min(block.Length, from + largest)];
                Starts.Add(Members.Count);
                foreach (var entry in window) Members.Add((int)(uint)entry);
                var overlap = from == 0 ? 0 : largest - half;
                var pairs = (long)window.Length * (window.Length - 1) / 2 - (long)overlap * (overlap - 1) / 2;
                Pairs += pairs;
                whole -= pairs;
            }
            LeftOut += whole;
        }
    }
}
