using System.Runtime.InteropServices;
using Kendt.Unify.Matching.Reading;

namespace Kendt.Unify.Matching;

/// <summary>What is worked out once for each distinct value, so that comparing a pair parses nothing.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Feature
{
    /// <summary>The characters of the text (<see cref="Kendt.Maths.CharacterSet"/>).</summary>
    public ulong Set;

    /// <summary>A hash of the whole value that does not depend on where it stood.</summary>
    public ulong Content;

    /// <summary>Rows of the table of name forms.</summary>
    public ulong Alias;

    /// <summary>Where the text lies.</summary>
    public uint At;

    /// <summary>How it sounds.</summary>
    public uint Sound;

    /// <summary>A date, a house number, or the first of the value's words.</summary>
    public int Number;

    /// <summary>Length of the text that is compared; the value may go on behind it.</summary>
    public ushort Length;

    /// <summary>Length of an e-mail's part before the @, of a text's first word, or how many words there are.</summary>
    public ushort Part;
}

/// <summary>The distinct values of one or more fields, normalised.</summary>
internal sealed class FieldValues
{
    private ValueDictionary _texts = new();
    private Feature[] _features = new Feature[16];

    /// <summary>Distinct values, numbered from 1.</summary>
    public int Count => _texts.Count;

    public ref readonly Feature this[int number] => ref _features[number];

    /// <summary>The words of values that are compared word by word.</summary>
    public WordIndex Words { get; } = new();

    /// <summary>The text that is compared.</summary>
    public ReadOnlySpan<byte> Text(int number) => Text(in _features[number]);

    /// <summary>The text that is compared.</summary>
    public ReadOnlySpan<byte> Text(in Feature feature) => _texts.At(feature.At, feature.Length);

    /// <summary>The whole normalised value.</summary>
    public ReadOnlySpan<byte> Whole(int number) => _texts[number];

    /// <summary>The number of a value; its features are filled by <paramref name="fill"/> when it is new.</summary>
    public int Add(ReadOnlySpan<byte> whole, FillFeature fill)
    {
        var number = _texts.Add(whole);
        if (number == 0 || number < _features.Length && _features[number].Content != 0) return number;
        if (number == _features.Length) Array.Resize(ref _features, number * 2);
        ref var feature = ref _features[number];
        feature.Content = Maths.Hash.Of(whole);
        feature.At = _texts.Place(number);
        feature.Length = (ushort)_texts[number].Length;
        fill(_texts[number], ref feature);
        return number;
    }

    /// <summary>Lets values be looked for again after <see cref="Renumber"/>.</summary>
    public void Index() => _texts.Index();

    /// <summary>The number of a value of other values here, new if it is not known.</summary>
    public int Take(FieldValues others, int number)
    {
        var known = Count;
        var mine = _texts.Add(others.Whole(number));
        if (mine <= known) return mine;
        if (mine >= _features.Length) Array.Resize(ref _features, mine * 2);
        ref var feature = ref _features[mine];
        feature = others[number];
        feature.At = _texts.Place(mine);
        if (Words.Rarity.Length > 1)
        {
            var (start, count) = Words.Add(_texts[mine]);
            (feature.Number, feature.Part) = (start, (ushort)count);
        }
        return mine;
    }

    /// <summary>Gives the values other numbers, and moves them to their places; those that get 0 are let go of.</summary>
    public void Renumber(ReadOnlySpan<int> numbers, int count)
    {
        var features = new Feature[count + 1];
        var olds = new int[count + 1];
        for (var old = 1; old < numbers.Length; old++) olds[numbers[old]] = old;
        var texts = new ValueDictionary();
        for (var number = 1; number <= count; number++)
        {
            features[number] = _features[olds[number]];
            features[number].At = texts.Append(_texts[olds[number]]);
        }
        (_features, _texts) = (features, texts);
    }

    /// <summary>Writes the values that are used; of the others nothing but their numbers.</summary>
    public void Write(BinaryWriter writer, bool[] isUsed)
    {
        writer.Write(Count);
        for (var number = 1; number <= Count; number++) writer.Write((ushort)(isUsed[number] ? _texts[number].Length : 0));
        for (var number = 1; number <= Count; number++) if (isUsed[number]) writer.Write(_texts[number]);
        for (var number = 1; number <= Count; number++)
        {
            var feature = isUsed[number] ? _features[number] : default;
            writer.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<Feature>(ref feature)));
        }
        Words.Write(writer, _features.AsSpan(0, Math.Min(_features.Length, Count + 1)), isUsed);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static FieldValues Read(BinaryReader reader)
    {
        var values = new FieldValues();
        var lengths = new ushort[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(lengths.AsSpan()));
        Span<byte> room = stackalloc byte[ValueDictionary.Longest];
        foreach (var length in lengths)
        {
            reader.BaseStream.ReadExactly(room[..length]);
            values._texts.Append(room[..length]);
        }
        values._features = new Feature[lengths.Length + 1];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values._features.AsSpan(1)));
        for (var number = 1; number <= lengths.Length; number++) values._features[number].At = values._texts.Place(number);
        values._texts.Index();
        values.Words.Read(reader);
        return values;
    }

    /// <summary>Works out the features of a value.</summary>
    public delegate void FillFeature(ReadOnlySpan<byte> whole, ref Feature feature);
}
