namespace Kendt.Unify.Matching.Reading;

/// <summary>Where the fields of a block lie, row after row.</summary>
internal sealed class CsvFields
{
    private const uint Quoted = 1u << 31;

    private int[] _at = new int[1 << 16];
    private uint[] _length = new uint[1 << 16];

    /// <summary>How many fields there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many fields a row has.</summary>
    public int Columns { get; set; }

    public bool IsQuoted(int field) => (_length[field] & Quoted) != 0;

    public ReadOnlySpan<byte> Of(byte[] bytes, int field) => bytes.AsSpan(_at[field], (int)(_length[field] & ~Quoted));

    public void Clear() => Count = 0;

    public void Add(int at, int length, bool quoted)
    {
        if (Count == _at.Length)
        {
            Array.Resize(ref _at, Count * 2);
            Array.Resize(ref _length, Count * 2);
        }
        _at[Count] = at;
        _length[Count++] = (uint)length | (quoted ? Quoted : 0);
    }

    /// <summary>Takes back the fields of a row that is not whole.</summary>
    public void CutTo(int count) => Count = count;
}
