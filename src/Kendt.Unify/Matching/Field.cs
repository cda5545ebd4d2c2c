using System.Runtime.InteropServices;
using Kendt.Unify.Matching.Reading;

namespace Kendt.Unify.Matching;

/// <summary>How two values of a field are compared.</summary>
internal enum Comparison
{
    Name,
    Date,
    Postcode,
    Place,
    Street,
    Phone,
    Email,
    Identity,
    Words,
    Same,
}

/// <summary>
/// Whose a field is. What is a person's or company's own tells members of one household or building apart; what belongs to the place they have
/// in common; what is shared may be either (surname, telephone, e-mail).
/// </summary>
internal enum Role
{
    Own,
    Place,
    Shared,
}

/// <summary>What is worked out once for each distinct value, so that comparing a pair parses nothing.</summary>
[StructLayout(LayoutKind.Auto)]
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

    /// <summary>Works out the features of a value.</summary>
    public delegate void FillFeature(ReadOnlySpan<byte> whole, ref Feature feature);
}

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

    /// <summary>Works out how rare each word is, when all texts are in; of words that came later only, if it was done before.</summary>
    public void Weigh(int texts)
    {
        var (known, rarity) = (Rarity.Length, Rarity);
        Array.Resize(ref rarity, _texts.Count);
        Rarity = rarity;
        for (var word = Math.Max(1, known); word < Rarity.Length; word++) Rarity[word] = (float)Math.Pow(Math.Log(1 + (texts + 1.0) / _texts[word]), 2);
    }
}

/// <summary>One thing that records are compared by: a column, or a part of one.</summary>
internal sealed class Field
{
    // A value that no two rows of a table have may still meet its like in another.
    private const double Least = 1e-9;

    public required string Name { get; init; }

    /// <summary>The column that it was made of.</summary>
    public required string Column { get; init; }

    public required Meaning Meaning { get; init; }

    public required Comparison Comparison { get; init; }

    public required Role Role { get; set; }

    public required FieldValues Values { get; init; }

    /// <summary>For each row the number of its value, 0 if it has none.</summary>
    public required int[] Rows { get; set; }

    /// <summary>The field whose agreement this one's depends on for strangers too (the city on the postcode), or -1.</summary>
    public int Parent { get; set; } = -1;

    /// <summary>Whether it is the name, or a part of it.</summary>
    public bool IsName { get; set; }

    /// <summary>Whether the value often goes with the name (e-mail addresses are made of names, a deli's name says what it sells): strangers of one name have it alike.</summary>
    public bool FollowsNames { get; set; }

    /// <summary>How many rows have a value.</summary>
    public int Filled { get; private set; }

    /// <summary>For each value, how much rarer it is than the values that two rows usually agree on.</summary>
    public float[] Rarity { get; private set; } = [];

    /// <summary>The chance that two rows drawn at random have the same value.</summary>
    public double Coincidence { get; private set; } = Least;

    /// <summary>Takes the chance of coincidence from a model, so that rare values are worth what they were when it was learnt.</summary>
    public void Recount(double coincidence)
    {
        foreach (ref var rarity in Rarity.AsSpan()) rarity *= (float)(coincidence / Coincidence);
        Coincidence = coincidence;
    }

    /// <summary>Takes in values that came later: they are as rare as one that nobody else has.</summary>
    public void Grow()
    {
        var (known, rarity) = (Rarity.Length, Rarity);
        if (known > Values.Count) return;
        Array.Resize(ref rarity, Values.Count + 1);
        rarity.AsSpan(known).Fill((float)(Coincidence * Math.Max(1, Filled - 1)));
        Rarity = rarity;
        Values.Words.Weigh(Values.Count);
    }

    public void Count()
    {
        var counts = new int[Values.Count + 1];
        Filled = 0;
        foreach (var number in Rows)
        {
            counts[number]++;
            if (number != 0) Filled++;
        }
        long pairs = 0;
        foreach (var count in counts.AsSpan(1)) pairs += (long)count * (count - 1);
        Coincidence = Filled < 2 ? Least : Math.Max(Least, pairs / ((double)Filled * (Filled - 1)));
        // Seen from a row that has it, the share of the others that have it too.
        Rarity = new float[counts.Length];
        for (var number = 1; number < counts.Length; number++) Rarity[number] = (float)(Coincidence * Math.Max(1, Filled - 1) / Math.Max(1, counts[number] - 1));
    }
}
