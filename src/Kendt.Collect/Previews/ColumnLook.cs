using System.Runtime.InteropServices;

namespace Kendt.Collect;

/// <summary>What the cells of one column were seen to be, counted row by row.</summary>
internal sealed class ColumnLook(string name)
{
    /// <summary>Costly looks are at this many filled cells; cheap ones at all.</summary>
    private const int Closely = 2_000;
    private const int MostForms = 12, MostWords = 60, MostExamples = 3;

    /// <summary>Words that stand for nothing wherever they stand, and those that do where the column has another type.</summary>
    private static readonly string[] SureEmpty = ["NULL", "null", "(null)", "\\N", "N/A", "n/a", "#N/A", "-", "--", "?"], MaybeEmpty = ["NA", "na", "None", "none", "NaN", "nan", "nil", ".", "ukendt", "unknown"];

    private readonly HashSet<ulong> _seen = [];
    private readonly Dictionary<string, int> _words = new(StringComparer.Ordinal);
    private int[]? _numbers;
    private bool _isUnique = true;

    public string Name => name;

    public long Rows { get; private set; }

    /// <summary>Cells with something in them, words for empty counted out.</summary>
    public long Filled { get; private set; }

    public int LongestText { get; private set; }

    /// <summary>Whether every filled cell is another, as far as that was counted.</summary>
    public bool IsUnique => _isUnique && Filled > 0;

    /// <summary>Different values; a lower bound where they were too many to be counted.</summary>
    public int Distinct => _seen.Count;

    /// <summary>How often each word for empty stands in it.</summary>
    public Dictionary<string, long> Markers { get; } = new(StringComparer.Ordinal);

    public List<string> Examples { get; } = [];

    /// <summary>Days by form: how many, the largest of the two numbers that are not the year, the years.</summary>
    public Dictionary<DateForm, DateCount> Dates { get; } = [];

    public long Count(NumberForm form) => _numbers is null ? 0 : _numbers[(int)form];

    public long Numbers => Filled == 0 || _numbers is null ? 0 : _numbers.Sum(n => (long)n) - _numbers[(int)NumberForm.None];

    public long Days => Dates.Values.Sum(d => d.Rows);

    /// <summary>Cells looked at closely.</summary>
    public int Looked { get; private set; }

    public int Emails { get; private set; }
    public int Phones { get; private set; }
    public int MaybePhones { get; private set; }
    public int Urls { get; private set; }
    public int Countries { get; private set; }
    public int Genders { get; private set; }
    public int Currencies { get; private set; }
    public int Languages { get; private set; }
    public int ConsentStates { get; private set; }
    public int MailActions { get; private set; }
    public int FirstNames { get; private set; }
    public int Streets { get; private set; }
    public int PostalCodes { get; private set; }
    public int PersonalNumbers { get; private set; }
    public int Booleans { get; private set; }
    public int Lists { get; private set; }

    /// <summary>The words that come, while they are few.</summary>
    public IReadOnlyDictionary<string, int> Words => _words;

    /// <summary>Counts one cell. <paramref name="room"/> is how many more values may be remembered over all columns.</summary>
    public void Add(ReadOnlySpan<char> cell, ref int room)
    {
        Rows++;
        var text = cell.Trim();
        if (text.IsEmpty) return;
        if (text.Length <= 7 && MarkerOf(text) is { } marker)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(Markers, marker, out _)++;
            return;
        }
        Filled++;
        if (text.Length > LongestText) LongestText = text.Length;
        if (_isUnique)
        {
            if (room <= 0 || !_seen.Add(Hash(text))) _isUnique = false;
            else room--;
        }
        else if (room > 0 && _seen.Count < MostWords * 4 && _seen.Add(Hash(text)))
        {
            room--;
        }
        (_numbers ??= new int[8])[(int)CellKind.NumberOf(text)]++;
        if (DateForm.Of(text) is { } day) AddDay(day);
        if (Looked < Closely) Look(text.ToString());
    }

    /// <summary>The part of the cells looked at closely that <paramref name="count"/> is.</summary>
    public double Share(int count) => Looked == 0 ? 0 : (double)count / Looked;

    public double NumberShare => Filled == 0 ? 0 : (double)Numbers / Filled;

    public double DayShare => Filled == 0 ? 0 : (double)Days / Filled;

    public static bool IsSureEmpty(string word) => SureEmpty.Contains(word);

    private static string? MarkerOf(ReadOnlySpan<char> text)
    {
        foreach (var word in SureEmpty) if (text.SequenceEqual(word)) return word;
        foreach (var word in MaybeEmpty) if (text.SequenceEqual(word)) return word;
        return null;
    }

    // FNV-1a: two values of one number among a million are rarer than one in ten million.
    private static ulong Hash(ReadOnlySpan<char> text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text) hash = (hash ^ c) * 1099511628211UL;
        return hash;
    }

    private void AddDay((DateForm Form, int First, int Second, int Year, bool OneDigit) day)
    {
        if (Dates.Count >= MostForms && !Dates.ContainsKey(day.Form)) return;
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(Dates, day.Form, out var isThere);
        count = isThere
            ? new(count.Rows + 1, Math.Max(count.First, day.First), Math.Max(count.Second, day.Second), Math.Min(count.From, day.Year), Math.Max(count.To, day.Year), count.OneDigit | day.OneDigit)
            : new(1, day.First, day.Second, day.Year, day.Year, day.OneDigit);
    }

    private void Look(string text)
    {
        Looked++;
        if (Examples.Count < MostExamples && !Examples.Contains(text)) Examples.Add(text.Length > 80 ? text[..80] : text);
        if (_words.Count <= MostWords && text.Length <= 60) CollectionsMarshal.GetValueRefOrAddDefault(_words, text, out _)++;
        if (CellKind.IsEmail(text)) Emails++;
        if (CellKind.IsPhone(text)) Phones++;
        else if (CellKind.MayBePhone(text)) MaybePhones++;
        if (CellKind.IsUrl(text)) Urls++;
        if (text.Length <= 40 && CellKind.IsCountry(text)) Countries++;
        if (CellKind.IsGender(text)) Genders++;
        if (CellKind.IsCurrency(text)) Currencies++;
        if (CellKind.IsLanguage(text)) Languages++;
        if (CellKind.IsConsentState(text)) ConsentStates++;
        if (CellKind.IsMailAction(text)) MailActions++;
        if (CellKind.IsFirstName(text)) FirstNames++;
        if (CellKind.IsStreet(text)) Streets++;
        if (CellKind.IsPostalCode(text)) PostalCodes++;
        if (CellKind.IsPersonalNumber(text)) PersonalNumbers++;
        if (Cells.TryBoolean(text, null, out _)) Booleans++;
        if (text.Contains(';', StringComparison.Ordinal) || text.Contains('|', StringComparison.Ordinal)) Lists++;
    }
}

/// <summary>Days of one form in one column.</summary>
/// <param name="First">The largest first number of the two that are not the year.</param>
/// <param name="OneDigit">Some are written with one digit.</param>
internal readonly record struct DateCount(long Rows, int First, int Second, int From, int To, bool OneDigit);
