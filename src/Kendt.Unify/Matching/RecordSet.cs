using Kendt.Maths;
using Kendt.Unify.Matching.Reading;

namespace Kendt.Unify.Matching;

/// <summary>
/// Records as they are matched: the values of one record beside each other, records in an order that depends on their ids alone, so that the
/// order of a file changes nothing about the outcome.
/// </summary>
internal sealed class RecordSet
{
    private readonly IReadOnlyList<string> _cleanNames;
    // By number of source: whether it holds nobody twice.
    private readonly List<bool> _clean = [];
    private readonly List<string> _sourceNames = [];
    private int[] _cells;

    /// <param name="fields">The fields; their columns are let go of, for the cells say the same.</param>
    /// <param name="ids">Names the rows.</param>
    /// <param name="sources">Says which source a row is from.</param>
    /// <param name="linked">Whether each source is without duplicates of its own.</param>
    /// <param name="clean">The sources of which that is said, if it is not said of all.</param>
    public RecordSet(Field[] fields, Column ids, Column? sources, bool linked, IReadOnlyList<string> clean)
    {
        Fields = fields;
        Count = ids.Rows;
        Rows = Order(ids, fields);
        Width = fields.Length;
        _cells = new int[(long)Count * Width <= Array.MaxLength ? Count * Width : throw new Model.CannotException("There are too many records for one run.")];
        Parallel.ForEach(fields.GroupBy(f => f.Values), group => Renumber([.. group]));
        Parallel.For(0, (Count + 0xffff) >> 16, part =>
        {
            for (var record = part << 16; record < Math.Min(Count, (part + 1) << 16); record++)
            {
                for (var field = 0; field < Width; field++) _cells[record * Width + field] = fields[field].Rows[Rows[record]];
            }
        });
        foreach (var field in fields) field.Rows = [];
        if (sources is not null) Sources = Array.ConvertAll(Rows, row => sources.Numbers[row]);
        IsLinked = linked;
        _cleanNames = clean;
        for (var number = 0; number <= (sources?.Distinct ?? -1); number++) AddSource(System.Text.Encoding.UTF8.GetString(sources!.Value(number)));
    }

    /// <summary>Records that were made before.</summary>
    /// <param name="cells">The values of each record, a field after the other.</param>
    /// <param name="sources">For each record the number of its source among <paramref name="sourceNames"/>, if they have sources.</param>
    public RecordSet(Field[] fields, int[] cells, int count, int[]? sources, IReadOnlyList<string> sourceNames, IReadOnlyList<string> clean)
    {
        (Fields, Width, Count, Rows, Sources, _cells, _cleanNames) = (fields, fields.Length, count, [], sources, cells, clean);
        foreach (var name in sourceNames) AddSource(name);
    }

    public Field[] Fields { get; }

    public int Count { get; private set; }

    /// <summary>How many fields a record has.</summary>
    public int Width { get; }

    /// <summary>For each record its row in the table.</summary>
    public int[] Rows { get; }

    /// <summary>For each record the number of its source, if rows have sources.</summary>
    public int[]? Sources { get; private set; }

    /// <summary>The sources by number, the first being none; empty if rows have no sources.</summary>
    public IReadOnlyList<string> SourceNames => _sourceNames;

    /// <summary>Whether two records of one source are never one.</summary>
    public bool IsLinked { get; }

    /// <summary>Whether some source holds nobody twice.</summary>
    public bool HasCleanSources { get; private set; }

    /// <summary>Whether two records are of one source that holds nobody twice.</summary>
    public bool AreOfCleanSource(int left, int right) => Sources![left] == Sources[right] && _clean[Sources[left]];

    /// <summary>Adds a record behind the others; it has no row of the table.</summary>
    public int Append(ReadOnlySpan<int> cells, string? source)
    {
        if (Sources is { } sources)
        {
            if (Count == sources.Length) Array.Resize(ref sources, Count + Count / 4 + 16);
            sources[Count] = _sourceNames.IndexOf(source ?? "") is >= 0 and var number ? number : AddSource(source!);
            Sources = sources;
        }
        if ((Count + 1) * Width > _cells.Length) Array.Resize(ref _cells, Math.Max(Width * 16, _cells.Length + _cells.Length / 4));
        cells.CopyTo(_cells.AsSpan(Count * Width, Width));
        return Count++;
    }

    private int AddSource(string name)
    {
        _sourceNames.Add(name);
        _clean.Add(IsLinked || _cleanNames.Contains(name, StringComparer.Ordinal));
        HasCleanSources |= _clean[^1];
        return _clean.Count - 1;
    }

    /// <summary>Gives a record other values.</summary>
    public void Replace(int record, ReadOnlySpan<int> cells) => cells.CopyTo(_cells.AsSpan(record * Width, Width));

    /// <summary>The numbers of a record's values, a field after the other.</summary>
    public ReadOnlySpan<int> this[int record] => _cells.AsSpan(record * Width, Width);

    // By names first, so that records that are likely to be compared lie near each other; namesakes by their ids.
    private static int[] Order(Column ids, Field[] fields)
    {
        var keys = new ulong[ids.Rows];
        var room = new ulong[keys.Length];
        var mask = (1UL << 32) - 1;
        for (var row = 0; row < keys.Length; row++) keys[row] = Hash.Of(ids.Value(ids.Numbers[row])) & ~mask | (uint)row;
        RadixSort.Sort(keys, room, 32);
        // Equal upper halves, a few in a million, are told apart by the ids.
        for (var at = 1; at < keys.Length; at++)
        {
            for (var to = at; to > 0 && keys[to] >> 32 == keys[to - 1] >> 32 && Text(to).SequenceCompareTo(Text(to - 1)) < 0; to--) (keys[to], keys[to - 1]) = (keys[to - 1], keys[to]);
        }
        var names = fields.Where(f => f.IsName).Reverse().Take(2).ToArray();
        foreach (ref var key in keys.AsSpan())
        {
            ulong near = 0;
            foreach (var name in names) near = near << 16 | Hash.Mix(name.Values[name.Rows[(int)(key & mask)]].Sound, 1) & 0xffff;
            key = near << 32 | key & mask;
        }
        RadixSort.Sort(keys, room, 32);
        return Array.ConvertAll(keys, key => (int)(key & mask));
        ReadOnlySpan<byte> Text(int at) => ids.Value(ids.Numbers[(int)(keys[at] & mask)]);
    }

    // Values are numbered in the order in which records use them, so that what is compared lies near each other too.
    private void Renumber(Field[] fields)
    {
        var values = fields[0].Values;
        var numbers = new int[values.Count + 1];
        var next = 0;
        foreach (var row in Rows)
        {
            foreach (var field in fields) if (field.Rows[row] is not 0 and var number && numbers[number] == 0) numbers[number] = ++next;
        }
        values.Renumber(numbers, next);
        foreach (var field in fields)
        {
            foreach (ref var number in field.Rows.AsSpan()) number = numbers[number];
            field.Count();
        }
    }
}
