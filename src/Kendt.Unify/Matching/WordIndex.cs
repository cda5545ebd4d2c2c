using System.Runtime.InteropServices;
using Kendt.Unify.Matching.Reading;

namespace Kendt.Unify.Matching;

/// <summary>The words of texts: each distinct word once, with how rare it is.</summary>
internal sealed class WordIndex
{
    private readonly ValueDictionary _words = new();
    private readonly List<int> _lists = [];
    private readonly List<ulong> _sets = [0];
    private readonly List<int> _texts = [0];

    /// <summary>How much a word says, by its number: the squared logarithm of how rare it is, as in the cosine of tf-idf.</summary>
    public float[] Rarity { get; private set; } = [];

    public ReadOnlySpan<byte> Word(int word) => _words[word];

    public ulong Set(int word) => _sets[word];

    public uint Sound(int word) => Normalise.Sound.Of(_words[word]);

    public ReadOnlySpan<int> List(int start, int count) => CollectionsMarshal.AsSpan(_lists).Slice(start, count);

    /// <summary>Adds the words of a text, at most 24.</summary>
    public (int Start, int Count) Add(ReadOnlySpan<byte> folded)
    {
        var start = _lists.Count;
        var words = new Normalise.Words(folded);
        while (words.Next() && _lists.Count - start < 24)
        {
            var word = _words.Add(words.Current);
            if (word == _sets.Count)
            {
                _sets.Add(Maths.CharacterSet.Of(words.Current));
                _texts.Add(0);
            }
            if (CollectionsMarshal.AsSpan(_lists)[start..].Contains(word)) continue;
            _lists.Add(word);
            _texts[word]++;
        }
        return (start, _lists.Count - start);
    }

    /// <summary>Writes the words of the values that are used; of the others nothing but their numbers.</summary>
    public void Write(BinaryWriter writer, ReadOnlySpan<Feature> features, bool[] isUsed)
    {
        writer.Write(Rarity.Length);
        if (Rarity.Length == 0) return;
        var isSaid = new bool[_words.Count + 1];
        if (_lists.Count > 0) for (var number = 1; number < features.Length; number++) if (isUsed[number]) foreach (var word in List(features[number].Number, features[number].Part)) isSaid[word] = true;
        for (var word = 1; word < Rarity.Length; word++)
        {
            writer.Write(Rarity[word]);
            writer.Write(_texts[word]);
            writer.Write((ushort)(isSaid[word] ? _words[word].Length : 0));
            if (isSaid[word]) writer.Write(_words[word]);
        }
        writer.Write(_lists.Count);
        writer.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_lists)));
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public void Read(BinaryReader reader)
    {
        Rarity = new float[reader.ReadInt32()];
        if (Rarity.Length == 0) return;
        Span<byte> room = stackalloc byte[ValueDictionary.Longest];
        for (var word = 1; word < Rarity.Length; word++)
        {
            Rarity[word] = reader.ReadSingle();
            _texts.Add(reader.ReadInt32());
            var text = room[..reader.ReadUInt16()];
            reader.BaseStream.ReadExactly(text);
            _words.Append(text);
            _sets.Add(Maths.CharacterSet.Of(text));
        }
        _words.Index();
        CollectionsMarshal.SetCount(_lists, reader.ReadInt32());
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_lists)));
    }

    /// <summary>Works out how rare each word is, when all texts are in; of words that came later only, if it was done before.</summary>
    public void Weigh(int texts)
    {
        var (known, rarity) = (Rarity.Length, Rarity);
        Array.Resize(ref rarity, _texts.Count);
        Rarity = rarity;
        for (var word = Math.Max(1, known); word < Rarity.Length; word++) Rarity[word] = (float)Math.Pow(Math.Log(1 + (texts + 1.0) / _texts[word]), 2);
    }
}
