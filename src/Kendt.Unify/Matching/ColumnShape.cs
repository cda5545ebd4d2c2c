using Kendt.Unify.Matching.Normalise;
using Kendt.Unify.Matching.Reading;

namespace Kendt.Unify.Matching;

/// <summary>What the values of a column look like: shares of a sample of its distinct values.</summary>
internal sealed record ColumnShape
{
    private const int Sample = 2000;

    /// <summary>How many rows have a value.</summary>
    public int Filled { get; private init; }
    public double Emails { get; private init; }
    public double Phones { get; private init; }
    public double Dates { get; private init; }
    public double Domains { get; private init; }
    public double Digits { get; private init; }

    /// <summary>Share of characters that are letters.</summary>
    public double Letters { get; private init; }
    public double NumberAndWords { get; private init; }

    /// <summary>Share whose first word is a given name with known forms.</summary>
    public double GivenNames { get; private init; }

    /// <summary>How many words a value has, on average.</summary>
    public double Words { get; private init; }

    public static ColumnShape Of(Column column)
    {
        var filled = 0;
        foreach (var number in column.Numbers) if (number != 0) filled++;
        if (filled == 0) return new();
        int looked = 0, emails = 0, phones = 0, dates = 0, domains = 0, digits = 0, addresses = 0, given = 0, words = 0, letters = 0, characters = 0;
        Span<byte> folded = stackalloc byte[1024];
        var order = Normalise.Dates.OrderOf(column);
        for (var number = 1; number <= column.Distinct; number += Math.Max(1, column.Distinct / Sample))
        {
            var value = column.Value(number);
            looked++;
            var (digit, letter, mark, count) = (0, 0, false, 0);
            foreach (var c in value)
            {
                if (c is >= (byte)'0' and <= (byte)'9') digit++;
                else if ((c | 0x20) is >= 'a' and <= 'z' or >= 0x80) letter++;
                else if (c is not ((byte)'+' or (byte)'-' or (byte)' ' or (byte)'(' or (byte)')' or (byte)'.' or (byte)'/')) mark = true;
            }
            letters += letter;
            characters += digit + letter;
            var at = value.IndexOf((byte)'@');
            if (at > 0 && value[at..].Contains((byte)'.')) emails++;
            else if (letter > 3 && digit == 0 | value.StartsWith("www."u8) && !value.Contains((byte)' ') && value[..^1].LastIndexOf((byte)'.') is var dot and > 0 && value.Length - dot is >= 3 and <= 7) domains++;
            if (letter == 0 && digit > 0 && !mark && value.IndexOfAny((byte)' ', (byte)'+', (byte)'-') < 0) digits++;
            if (letter == 0 && !mark && digit is >= 7 and <= 15 && (digit > 8 || value.Length > digit || value[0] != '0')) phones++;
            if (value.Length <= 40 && Normalise.Dates.Read(value, order) is var date and > 0 && date / 100 % 100 is >= 1 and <= 12 && date % 100 <= 31 && date / 10000 is > 1850 and < 2100) dates++;
            var each = new Words(folded[..Folded.Write(value, folded)]);
            while (each.Next()) if (count++ == 0 && Names.Aliases(each.Current) != 0) given++;
            words += count;
            if (digit > 0 && letter > 3 && count >= 2) addresses++;
        }
        double all = looked;
        return new()
        {
            Filled = filled,
            Emails = emails / all,
            Phones = phones / all,
            Dates = dates / all,
            Domains = domains / all,
            Digits = digits / all,
            Letters = letters / Math.Max(1.0, characters),
            NumberAndWords = addresses / all,
            GivenNames = given / all,
            Words = words / all,
        };
    }

    /// <summary>Whether a column with such values can mean what its heading says.</summary>
    public bool Allows(Meaning meaning) => meaning switch
    {
        Meaning.Email => Emails > 0.3,
        Meaning.BirthDate => Dates > 0.3,
        Meaning.Phone => Letters < 0.5,
        Meaning.GivenName or Meaning.Surname or Meaning.MiddleName or Meaning.FullName or Meaning.City => Letters > 0.5,
        Meaning.Domain => Domains > 0.3,
        _ => true,
    };
}
