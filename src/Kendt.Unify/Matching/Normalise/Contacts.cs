using PhoneNumbers;

namespace Kendt.Unify.Matching.Normalise;

/// <summary>Telephone numbers and e-mail addresses as they are compared.</summary>
public static class Contacts
{
    private static readonly WordList Dotless = new("gmail.com googlemail.com");

    private static readonly WordList Nobody = new("test@test.com test@test.dk test@example.com a@a.com a@a.dk asdf@asdf.com no@email.com noemail@noemail.com none@none.com ingen@email.dk ukendt@ukendt.dk");

    /// <summary>
    /// The national part of a telephone number (of E.164, what follows the country's code): the same however the country was written, or
    /// left out. Calling codes and their lengths are libphonenumber's. What has fewer than five digits is nothing.
    /// </summary>
    public static int WritePhone(ReadOnlySpan<byte> value, Span<byte> into)
    {
        var international = false;
        var length = 0;
        foreach (var c in value)
        {
            if (c == '+' && length == 0) international = true;
            else if (c is >= (byte)'0' and <= (byte)'9' && length < 20 && length < into.Length) into[length++] = c;
            else if (c is (byte)'x' or (byte)'X' or (byte)'#' or (byte)';' or (byte)',' or (byte)'/' && length >= 7) break;
        }
        var start = 0;
        if (!international && length > 9 && into[0] == '0' && into[1] == '0') (international, start) = (true, 2);
        if (international) start += CodeLength(into[start..length]);
        while (start < length && into[start] == '0') start++;
        var number = into[start..length];
        if (number.Length < 5 || number.IndexOfAnyExcept(number[0]) < 0) return 0;
        number.CopyTo(into);
        return number.Length;
    }

    /// <summary>
    /// An e-mail address in lower case, without what follows a plus; without dots where the provider passes over them. Nothing if it is none, or
    /// one that people write when they do not want to say.
    /// </summary>
    public static int WriteEmail(ReadOnlySpan<byte> value, Span<byte> into)
    {
        if (value.Length > into.Length) return 0;
        var at = value.LastIndexOf((byte)'@');
        if (at <= 0 || at == value.Length - 1) return 0;
        var domain = value[(at + 1)..];
        Span<byte> lowered = stackalloc byte[domain.Length];
        for (var i = 0; i < domain.Length; i++) lowered[i] = domain[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(domain[i] | 0x20) : domain[i];
        var dotless = Dotless.Has(lowered);
        var length = 0;
        foreach (var c in value[..at])
        {
            if (c == '+' && length > 0) break;
            if (c <= ' ' || c == '.' && dotless) continue;
            into[length++] = c is >= (byte)'A' and <= (byte)'Z' ? (byte)(c | 0x20) : c;
        }
        if (length == 0) return 0;
        into[length++] = (byte)'@';
        lowered.CopyTo(into[length..]);
        length += lowered.Length;
        return Nobody.Has(into[..length]) ? 0 : length;
    }

    private static int CodeLength(ReadOnlySpan<byte> digits)
    {
        // Calling codes are prefix-free.
        for (var length = 1; length <= 3 && length < digits.Length; length++)
        {
            if (IsCode[Number(digits[..length])]) return length;
        }
        return 0;
    }

    private static readonly bool[] IsCode = Codes();

    private static bool[] Codes()
    {
        var codes = new bool[1000];
        foreach (var code in PhoneNumberUtil.GetInstance().GetSupportedCallingCodes()) if (code is > 0 and < 1000) codes[code] = true;
        return codes;
    }

    private static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits) number = number * 10 + digit - '0';
        return number;
    }
}
