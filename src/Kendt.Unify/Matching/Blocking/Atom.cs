using Kendt.Maths;
using Kendt.Unify.Matching.Normalise;

namespace Kendt.Unify.Matching.Blocking;

/// <summary>
/// What records may have in common for them to be compared: a value, how it sounds, a part of it. A code for each distinct value of a field; 0
/// stands for nothing.
/// </summary>
internal sealed class Atom
{
    private Atom(int field, string name, double survives, Field of, Func<int, uint> code)
    {
        (Field, Name, Survives) = (field, $"{of.Name}{name}", survives);
        IsPlace = of.Role is Role.Place;
        (_values, _code) = (of.Values, code);
        Codes = [0];
        Grow();
    }

    private readonly FieldValues _values;
    private readonly Func<int, uint> _code;

    /// <summary>Place of the field among the record's.</summary>
    public int Field { get; }

    public string Name { get; }

    /// <summary>
    /// The chance, before anything is learnt, that two records of one person have it in common if both have a value. It only orders keys; a
    /// wrong one costs some pairs.
    /// </summary>
    public double Survives { get; }

    public bool IsPlace { get; }

    /// <summary>For each value its code.</summary>
    public uint[] Codes { get; private set; }

    /// <summary>Works out the codes of values that came later.</summary>
    public void Grow()
    {
        var (known, codes) = (Codes.Length, Codes);
        Array.Resize(ref codes, _values.Count + 1);
        for (var number = known; number < codes.Length; number++) codes[number] = _code(number);
        Codes = codes;
    }

    /// <summary>All atoms of some fields.</summary>
    public static IReadOnlyList<Atom> Of(Field[] fields)
    {
        var makers = new List<Func<Atom>>();
        for (var i = 0; i < fields.Length; i++)
        {
            var (at, field) = (i, fields[i]);
            var values = field.Values;
            void Add(string name, double survives, Func<int, uint> code) => makers.Add(() => new(at, name, survives, field, code));
            switch (field.Comparison)
            {
                case Comparison.Name when field.Meaning is Meaning.Surname:
                    Add(" by sound", 0.8, n => values[n].Sound);
                    break;
                case Comparison.Name:
                    Add(" by form or sound", 0.85, n => values[n].Alias != 0 ? (uint)(values[n].Alias & 0xffff) << 8 | 0x80000000 : Sound.Of(values.Text(n)[..values[n].Part]));
                    break;
                case Comparison.Date:
                    Add("", 0.85, n => values[n].Sound);
                    Add(" without year", 0.88, n => values[n].Sound % 10000 + 1);
                    break;
                case Comparison.Street:
                    Add(" by sound", 0.65, n => values[n].Length == 0 ? 0 : Mix(values[n].Sound, (uint)values[n].Number));
                    break;
                case Comparison.Email:
                    Add("", 0.55, n => Content(values, n));
                    Add(" before @", 0.6, n => values[n].Sound | 1);
                    Add(" letters", 0.65, n => Letters(values.Text(n)[..values[n].Part]));
                    break;
                case Comparison.Phone or Comparison.Identity:
                    Add("", 0.65, n => Content(values, n));
                    Add(", first half", 0.7, n => Half(values.Text(n), first: true));
                    Add(", last half", 0.7, n => Half(values.Text(n), first: false));
                    break;
                case Comparison.Words:
                    Add("", 0.4, n => Content(values, n));
                    for (var place = 0; place < 3; place++)
                    {
                        var rank = place;
                        Add($", word {place + 1} of the rarest", 0.65 - 0.1 * place, n => Rare(values, n, rank));
                    }
                    Add(", first two words", 0.5, n => FirstTwo(values, n));
                    break;
                case Comparison.Place:
                    Add(" by sound", 0.8, n => values[n].Sound);
                    break;
                default:
                    Add("", 0.75, n => Content(values, n));
                    break;
            }
        }
        var atoms = new Atom[makers.Count];
        Parallel.For(0, atoms.Length, i => atoms[i] = makers[i]());
        return atoms;
    }

    private static uint Content(FieldValues values, int number) => (uint)values[number].Content | 1;

    private static uint Mix(uint left, uint right) => (uint)Hash.Mix(left, right) | 1;

    private static uint Half(ReadOnlySpan<byte> text, bool first) => text.Length < 6 ? 0 : (uint)Hash.Of(first ? text[..(text.Length / 2)] : text[(text.Length / 2)..]) | 1;

    private static uint Letters(ReadOnlySpan<byte> text)
    {
        Span<byte> letters = stackalloc byte[64];
        var length = 0;
        foreach (var c in text) if (c is not (>= (byte)'0' and <= (byte)'9' or (byte)'.' or (byte)'_' or (byte)'-') && length < 64) letters[length++] = c;
        return length < 3 ? 0 : (uint)Hash.Of(letters[..length]) | 1;
    }

    private static uint Rare(FieldValues values, int number, int rank)
    {
        var index = values.Words;
        var words = index.List(values[number].Number, values[number].Part);
        if (words.Length <= rank) return 0;
        // The rarest words; equals in rarity by their letters, so that the order of rows does not matter.
        Span<(float Rarity, uint Code)> best = stackalloc (float, uint)[words.Length];
        for (var i = 0; i < words.Length; i++) best[i] = (-index.Rarity[words[i]], (uint)Hash.Of(index.Word(words[i])) | 1);
        best.Sort();
        return index.Sound(words[IndexOf(index, words, best[rank].Code)]);
    }

    private static int IndexOf(WordIndex index, ReadOnlySpan<int> words, uint code)
    {
        for (var i = 0; i < words.Length; i++) if (((uint)Hash.Of(index.Word(words[i])) | 1) == code) return i;
        return 0;
    }

    private static uint FirstTwo(FieldValues values, int number)
    {
        var words = values.Words.List(values[number].Number, values[number].Part);
        return words.Length < 2 ? 0 : Mix(values.Words.Sound(words[0]), values.Words.Sound(words[1]));
    }
}
