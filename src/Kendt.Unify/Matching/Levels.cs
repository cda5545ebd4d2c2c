using Kendt.Maths;
using Kendt.Unify.Matching.Normalise;

namespace Kendt.Unify.Matching;

/// <summary>
/// How alike two values are, as a small number: 0 when one is missing, 1 when they are equal, and the higher the less alike. What a level is
/// worth is learnt from the data, not said here.
/// </summary>
internal static class Levels
{
    public const int Missing = 0, Equal = 1, Most = 8;

    /// <summary>Level of a name that stands in the other name's place.</summary>
    public const int Swapped = 6;

    private const double LikeStreet = 0.88;

    private static readonly string[][] Names =
    [
        ["missing", "equal", "another form of the name", "very alike", "a part or initial", "alike", "swapped", "different"],
        ["missing", "equal", "a digit or day and month swapped", "same year, one is 1 January", "two of day, month, year equal", "same year", "different"],
        ["missing", "equal", "one character differs", "same area", "different"],
        ["missing", "equal", "alike", "different"],
        ["missing", "equal", "same street and number", "alike, same number", "same street", "alike", "different"],
        ["missing", "equal", "one digit differs", "different"],
        ["missing", "equal", "same name, other provider", "very alike", "alike", "different"],
        ["missing", "equal", "one character differs", "different"],
        ["missing", "equal", "nearly all words", "most words", "many words", "some words", "different"],
        ["missing", "equal", "one character differs", "different"],
    ];

    /// <summary>How many levels a comparison has, "missing" among them.</summary>
    public static int Count(Comparison comparison) => Names[(int)comparison].Length;

    /// <summary>What a level means, for people.</summary>
    public static string Of(Comparison comparison, int level) => Names[(int)comparison][level];

    /// <summary>The level of two values of a field; swapped names are found by the caller, who sees both fields.</summary>
    public static int Of(Field field, int left, int right)
    {
        if (left == 0 || right == 0) return Missing;
        if (left == right) return Equal;
        var values = field.Values;
        ref readonly var a = ref values[left];
        ref readonly var b = ref values[right];
        return field.Comparison switch
        {
            Comparison.Name => Name(values, in a, in b),
            Comparison.Date => Date(a.Number, b.Number),
            Comparison.Postcode => Postcode(values, in a, in b),
            Comparison.Place => Alike(values, in a, in b, 0.88) || Begins(values.Text(in a), values.Text(in b)) || Begins(values.Text(in b), values.Text(in a)) ? 2 : 3,
            Comparison.Street => Street(values, in a, in b),
            Comparison.Email => Email(values, in a, in b),
            Comparison.Words => WordsAlike.Level(values, in a, in b),
            _ => Near(values, in a, in b, 1) ? 2 : 3,
        };
    }

    private static int Name(FieldValues values, in Feature a, in Feature b)
    {
        if (a.Alias != 0 && Normalise.Names.ShareAlias(a.Alias, b.Alias)) return 2;
        if (a.Length == 1 || b.Length == 1) return values.Text(in a)[0] == values.Text(in b)[0] ? 4 : 7;
        if (a.Part != a.Length || b.Part != b.Length)
        {
            // Several given names, or a double surname, of which the other has one.
            if (Contains(values.Text(in a), values.Text(in b)) || Contains(values.Text(in b), values.Text(in a))) return 4;
        }
        var common = CharacterSet.Common(a.Set, a.Length, b.Set, b.Length);
        if (TextDistance.JaroWinklerAtMost(common, a.Length, b.Length) < 0.8) return a.Sound == b.Sound ? 5 : 7;
        var alike = TextDistance.JaroWinkler(values.Text(in a), values.Text(in b));
        return alike >= 0.92 ? 3 : alike >= 0.82 || a.Sound == b.Sound ? 5 : 7;
    }

    private static int Date(int a, int b)
    {
        var (ya, ma, da) = (a / 10000, a / 100 % 100, a % 100);
        var (yb, mb, db) = (b / 10000, b / 100 % 100, b % 100);
        if (ya == yb)
        {
            if (ma == db && da == mb) return 2;
            if (a % 10000 == 101 || b % 10000 == 101) return 3;
            if (ma == mb && OneDigit(da, db) || da == db && OneDigit(ma, mb)) return 2;
            return ma == mb || da == db ? 4 : 5;
        }
        if (ma == mb && da == db) return OneDigit(ya, yb) ? 2 : 4;
        return 6;
    }

    // One digit differs, or two neighbours are swapped.
    private static bool OneDigit(int a, int b)
    {
        var (different, digits, swapped) = (0, 0, 0);
        for (var (x, y, lastX, lastY) = (a, b, -1, -1); x != 0 || y != 0 || digits < 2; x /= 10, y /= 10, digits++)
        {
            if (x % 10 != y % 10)
            {
                different++;
                if (lastX == y % 10 && lastY == x % 10) swapped++;
                (lastX, lastY) = (x % 10, y % 10);
            }
            else
            {
                (lastX, lastY) = (-1, -1);
            }
        }
        return different == 1 || different == 2 && swapped == 1;
    }

    private static int Postcode(FieldValues values, in Feature a, in Feature b)
    {
        var x = values.Text(in a);
        var y = values.Text(in b);
        if (Near(values, in a, in b, 1)) return 2;
        // The area is the first half: 21 of 2100, SW1A of SW1A 1AA, 902 of 90210.
        var area = Math.Max(2, Math.Min(x.Length, y.Length) / 2);
        return x.Length >= area && y.Length >= area && x[..area].SequenceEqual(y[..area]) ? 3 : 4;
    }

    private static int Street(FieldValues values, in Feature a, in Feature b)
    {
        var number = a.Number == b.Number && a.Number != 0 ? 1 : a.Number == 0 || b.Number == 0 ? 0 : -1;
        if (a.Length == 0 || b.Length == 0) return number > 0 && a.Length == b.Length ? 2 : 6;
        // Streets that have less than half of their letters in common are told apart without being read.
        var common = CharacterSet.Common(a.Set, a.Length, b.Set, b.Length);
        if (2 * common < Math.Min(a.Length, b.Length)) return 6;
        var like = TextDistance.JaroWinklerAtMost(common, a.Length, b.Length) >= LikeStreet;
        var several = a.Part != a.Length || b.Part != b.Length;
        if (!like && !several) return 6;
        var x = values.Text(in a);
        var y = values.Text(in b);
        var same = a.Length == b.Length && x.SequenceEqual(y);
        if (same) return number >= 0 ? 2 : 4;
        // One goes on where the other ends: the building, the corner, the town.
        if (number > 0 && Math.Min(x.Length, y.Length) >= 4 && (Begins(x, y) || Begins(y, x))) return 2;
        var alike = like && TextDistance.JaroWinkler(x, y) >= LikeStreet || several && WordsAlike.ShareMost(x, y);
        if (!alike) return 6;
        return number >= 0 ? 3 : 5;
    }

    private static int Email(FieldValues values, in Feature a, in Feature b)
    {
        if (a.Sound == b.Sound) return 2;
        var common = CharacterSet.Common(a.Set, a.Part, b.Set, b.Part);
        if (TextDistance.JaroWinklerAtMost(common, a.Part, b.Part) < 0.8) return 5;
        var x = values.Text(in a)[..a.Part];
        var y = values.Text(in b)[..b.Part];
        if (Math.Abs(x.Length - y.Length) <= 2 && Math.Min(x.Length, y.Length) >= 5 && TextDistance.Edits(x, y) <= 1) return 3;
        return TextDistance.JaroWinkler(x, y) >= 0.9 ? 4 : 5;
    }

    private static bool Near(FieldValues values, in Feature a, in Feature b, int most)
    {
        if (Math.Abs(a.Length - b.Length) > most || Math.Min(a.Length, b.Length) < 3) return false;
        return CharacterSet.Common(a.Set, a.Length, b.Set, b.Length) >= Math.Max(a.Length, b.Length) - most && TextDistance.Edits(values.Text(in a), values.Text(in b)) <= most;
    }

    private static bool Alike(FieldValues values, in Feature a, in Feature b, double least)
    {
        var common = CharacterSet.Common(a.Set, a.Length, b.Set, b.Length);
        return TextDistance.JaroWinklerAtMost(common, a.Length, b.Length) >= least && TextDistance.JaroWinkler(values.Text(in a), values.Text(in b)) >= least;
    }

    private static bool Begins(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> beginning) => whole.Length > beginning.Length && whole[beginning.Length] == ' ' && whole.StartsWith(beginning);

    // Whether all words of the part stand in the whole; an initial stands for a word that begins with it.
    private static bool Contains(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> part)
    {
        var words = new Words(part);
        while (words.Next())
        {
            var found = false;
            var others = new Words(whole);
            while (!found && others.Next()) found = others.Current.SequenceEqual(words.Current) || (words.Current.Length == 1 || others.Current.Length == 1) && others.Current[0] == words.Current[0];
            if (!found) return false;
        }
        return true;
    }
}
