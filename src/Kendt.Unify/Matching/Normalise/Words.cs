namespace Kendt.Unify.Matching.Normalise;

/// <summary>Walks over the words of folded text.</summary>
internal ref struct Words(ReadOnlySpan<byte> folded)
{
    private ReadOnlySpan<byte> _rest = folded;

    public ReadOnlySpan<byte> Current { get; private set; }

    public bool Next()
    {
        if (_rest.IsEmpty) return false;
        var space = _rest.IndexOf((byte)' ');
        Current = space < 0 ? _rest : _rest[..space];
        _rest = space < 0 ? default : _rest[(space + 1)..];
        return true;
    }
}

/// <summary>Folded text that is put together word by word.</summary>
internal ref struct Written(Span<byte> into)
{
    private readonly Span<byte> _into = into;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Text => _into[..Length];

    public void Word(scoped ReadOnlySpan<byte> word)
    {
        if (word.IsEmpty || Length + word.Length + 1 > _into.Length) return;
        if (Length > 0) _into[Length++] = (byte)' ';
        Append(word);
    }

    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        if (Length + bytes.Length > _into.Length) return;
        bytes.CopyTo(_into[Length..]);
        Length += bytes.Length;
    }
}

/// <summary>Lists of folded words, looked up without making text of bytes.</summary>
internal sealed class WordList
{
    private readonly Dictionary<string, string> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    /// <param name="lines">Lines of <c>form: other forms</c>, or words with spaces between, which stand for themselves.</param>
    public WordList(string lines)
    {
        foreach (var line in lines.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(':', 2);
            foreach (var word in parts[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)) _words[word] = parts.Length == 2 ? parts[0] : word;
        }
        _lookup = _words.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public bool Has(ReadOnlySpan<byte> word) => Find(word) is not null;

    public string? Find(ReadOnlySpan<byte> word)
    {
        if (word.Length > 40) return null;
        Span<char> characters = stackalloc char[word.Length];
        for (var i = 0; i < word.Length; i++) characters[i] = (char)word[i];
        return _lookup.TryGetValue(characters, out var form) ? form : null;
    }
}
