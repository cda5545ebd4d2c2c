using System.Buffers;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>What the columns of a file, looked at together, are taken for: how numbers and days are written, types, meanings, what the rows are.</summary>
internal sealed class Findings
{
    private static readonly SearchValues<char> Danish = SearchValues.Create("æøåÆØÅ");

    private readonly List<ColumnLook> _looks;
    private readonly FileFormat _format;
    private readonly List<Remark> _remarks = [];

    public Findings(List<ColumnLook> looks, long rows, FileFormat format, bool isGiven)
    {
        _looks = looks;
        var guesses = Meanings.Guess(looks);
        var isDanish = looks.Any(l => l.Name.AsSpan().ContainsAny(Danish));
        _format = isGiven ? format : format with { Decimal = Decimal(), Empty = Empty() };
        isDanish |= _format.Decimal == ',' || guesses.Any(g => g.Meaning == Meaning.PostalCode && g.Because.ByHeader) && looks.Any(l => l.Name.Contains("nr", StringComparison.OrdinalIgnoreCase));
        var days = new DayOrders(looks, _remarks);
        if (!isGiven) _format = _format with { Dates = days.Patterns };
        Columns = [.. looks.Select((look, i) => ColumnOf(look, guesses[i], rows, days))];
        if (!isGiven && Columns.Any(c => c.Type == ColumnType.Time) && HasLocalTimes())
        {
            var zone = isDanish ? "Europe/Copenhagen" : "UTC";
            _format = _format with { Zone = TimeZoneInfo.FindSystemTimeZoneById(zone) };
            _remarks.Add(new(RemarkKind.AssumedZone, zone, ""));
        }
        foreach (var column in Columns.Where(c => c.Guess.Meaning == Meaning.PersonalNumber)) _remarks.Add(new(RemarkKind.PersonalNumbers, column.Name, ""));
    }

    public IReadOnlyList<PreviewColumn> Columns { get; }

    public IReadOnlyList<Remark> Remarks => _remarks;

    public MappingChoice Choose(string source)
    {
        var (rows, activity) = WhatRowsAre();
        var consentTime = rows == RowsAre.Records && Find(Meaning.ConsentState) is not null && Find(Meaning.ConsentTime) is null ? Find(Meaning.Time)?.Name : null;
        var time = TimeColumn(rows) ?? consentTime;
        var hasLines = activity == Activity.Orders && Find(Meaning.OrderNo) is { IsUnique: false } && (Find(Meaning.ProductNo) ?? Find(Meaning.ProductName) ?? Find(Meaning.Price) ?? Find(Meaning.Quantity)) is not null;
        var key = Key(rows, activity);
        var isAccount = rows == RowsAre.Records && Find(Meaning.AccountNo) is { IsUnique: true } && Find(Meaning.Email) is null && Find(Meaning.FirstName) is null;
        if (rows == RowsAre.Events && key.Count == 0 || rows == RowsAre.Records && key.Count == 0) _remarks.Add(new(RemarkKind.NoKey, "", ""));
        if (rows != RowsAre.Devices && !isAccount && !Columns.Any(c => c.Guess.Meaning is Meaning.Email or Meaning.Phone or Meaning.CustomerNo or Meaning.LoyaltyNo or Meaning.AnonymousId or Meaning.AccountNo))
            _remarks.Add(new(RemarkKind.NoIdentifier, "", ""));
        return new()
        {
            Source = source,
            Party = rows == RowsAre.Devices ? Party.Third : Party.First,
            Rows = rows,
            Activity = activity,
            Actions = activity == Activity.Mail ? MailActions() : new Dictionary<string, string>(),
            EventName = activity == Activity.Other && Find(Meaning.Action) is null ? "Event Attended" : "",
            IsAccount = isAccount,
            Key = key,
            Time = time,
            HasLines = hasLines,
            Format = _format,
            Columns = [.. Columns.Select(c => new ColumnChoice(c.Name, c.Name == consentTime ? Meaning.ConsentTime : c.Guess.Meaning, c.Type))],
        };
    }

    private (RowsAre, Activity) WhatRowsAre()
    {
        bool Has(Meaning meaning) => Find(meaning) is not null;
        if (Has(Meaning.Device) && !Has(Meaning.Email) && (Has(Meaning.Audiences) || Has(Meaning.DeviceKind))) return (RowsAre.Devices, Activity.None);
        if (Has(Meaning.ConsentState) && Has(Meaning.ConsentPurpose)) return (RowsAre.Records, Activity.None);
        var happened = Has(Meaning.Time);
        if (Find(Meaning.Action) is { } action && _looks.Find(l => l.Name == action.Name) is { } look && look.Share(look.MailActions) > 0.7) return (RowsAre.Events, Activity.Mail);
        if (happened && Columns.Any(c => Fold.Text(c.Name).StartsWith("retur", StringComparison.Ordinal))) return (RowsAre.Events, Activity.Returns);
        if (Has(Meaning.OrderNo) && (happened || Has(Meaning.Amount) || Has(Meaning.Price) || Has(Meaning.ProductNo))) return (RowsAre.Events, Activity.Orders);
        if (Has(Meaning.TicketNo) || (Has(Meaning.Subject) && happened)) return (RowsAre.Events, Activity.Tickets);
        if (happened && (Has(Meaning.ProductNo) || Has(Meaning.ProductName)) && (Has(Meaning.Amount) || Has(Meaning.Price))) return (RowsAre.Events, Activity.Orders);
        if (happened && Has(Meaning.Url)) return (RowsAre.Events, Activity.Visits);
        if (happened && (Has(Meaning.Action) || HasAttended)) return (RowsAre.Events, Activity.Other);
        return (RowsAre.Records, Activity.None);
    }

    private bool HasAttended => Columns.Any(c => Fold.Text(c.Name) is var n && (n.StartsWith("attend", StringComparison.Ordinal) || n.StartsWith("deltag", StringComparison.Ordinal) || n.StartsWith("tilmeld", StringComparison.Ordinal)));

    private IReadOnlyList<string> Key(RowsAre rows, Activity activity)
    {
        PreviewColumn? key = rows switch
        {
            RowsAre.Devices => null,
            RowsAre.Events => (activity == Activity.Orders ? Find(Meaning.OrderNo) : Find(Meaning.TicketNo)) ?? Named(),
            _ => Unique(Meaning.CustomerNo) ?? Unique(Meaning.LoyaltyNo) ?? Unique(Meaning.AccountNo) ?? Named() ?? Unique(Meaning.Email) ?? Nearly(Meaning.CustomerNo) ?? Nearly(Meaning.LoyaltyNo) ?? Nearly(Meaning.Email),
        };
        if (key is null) return [];
        if (!key.IsUnique && rows == RowsAre.Records) _remarks.Add(new(RemarkKind.KeyRepeats, key.Name, ""));
        return [key.Name];

        PreviewColumn? Unique(Meaning meaning) => Columns.FirstOrDefault(c => c.Guess.Meaning == meaning && c is { IsUnique: true, Filled: > 0.99 });
        PreviewColumn? Nearly(Meaning meaning) => Columns.FirstOrDefault(c => c.Guess.Meaning == meaning && c.Filled > 0.99 && _looks.Find(l => l.Name == c.Name) is { } l && l.Distinct > l.Filled * 0.9);
        // A unique column that is called an id or number of something.
        PreviewColumn? Named() => Columns.FirstOrDefault(c => c is { IsUnique: true, Filled: > 0.99 } && c.Type == ColumnType.Text && Meanings.IsIdName(c.Name));
    }

    private string? TimeColumn(RowsAre rows)
    {
        var days = Columns.Where(c => c.Type is ColumnType.Date or ColumnType.Time && c.Guess.Meaning != Meaning.Birthday && c.Filled > 0.5).ToList();
        PreviewColumn? Of(Meaning meaning) => days.Find(c => c.Guess.Meaning == meaning);
        if (rows == RowsAre.Records) return (Of(Meaning.Updated) ?? Of(Meaning.ConsentTime))?.Name;
        return (Of(Meaning.Time) ?? Of(Meaning.Created) ?? days.Find(c => c.Filled > 0.95))?.Name;
    }

    private PreviewColumn ColumnOf(ColumnLook look, MeaningGuess guess, long rows, DayOrders days)
    {
        var type = TypeOf(look, days);
        type = guess.Meaning switch
        {
            Meaning.CustomerNo or Meaning.LoyaltyNo or Meaning.AccountNo or Meaning.AnonymousId or Meaning.OrderNo or Meaning.ProductNo or Meaning.TicketNo or Meaning.PostalCode
                or Meaning.Phone or Meaning.CompanyNo or Meaning.PersonalNumber or Meaning.Device or Meaning.Email or Meaning.Gender or Meaning.FirstName or Meaning.LastName => ColumnType.Text,
            _ => type,
        };
        return new(look.Name, type, rows == 0 ? 0 : Math.Round((double)look.Filled / rows, 4), look.Distinct, look.IsUnique && look.Rows > 1, look.Examples, guess);
    }

    private ColumnType TypeOf(ColumnLook look, DayOrders days)
    {
        if (look.Filled == 0) return ColumnType.Text;
        if (days.TypeOf(look) is { } day) return day;
        if (look.Share(look.Booleans) >= 0.98 && look.Words.Count <= 4 && !(look.Words.Count == 1 && look.NumberShare > 0)) return ColumnType.Boolean;
        if (Meanings.IsIdName(look.Name)) return ColumnType.Text; // nobody adds such numbers up
        if (look.NumberShare < 0.95 || look.Count(NumberForm.Padded) > 0) return ColumnType.Text;
        var other = _format.Decimal == ',' ? look.Count(NumberForm.Point) : look.Count(NumberForm.Comma);
        if (other == 0) return ColumnType.Number;
        _remarks.Add(new(RemarkKind.OtherDecimal, look.Name, look.Examples.Count > 0 ? look.Examples[0] : ""));
        return ColumnType.Text;
    }

    // Over all columns together: a file is written by one program.
    private char Decimal()
    {
        long comma = _looks.Sum(l => l.Count(NumberForm.Comma)), point = _looks.Sum(l => l.NumberShare > 0.5 && l.DayShare < 0.5 ? l.Count(NumberForm.Point) : 0);
        if (comma != point) return comma > point ? ',' : '.';
        // 1.234 with nothing to tell: where the point separates thousands, the comma is the mark.
        var unclear = _looks.Find(l => l.NumberShare > 0.95 && l.Count(NumberForm.EitherPoint) + l.Count(NumberForm.EitherComma) > 0);
        if (unclear is not null) _remarks.Add(new(RemarkKind.AmbiguousDecimal, unclear.Name, unclear.Examples.FirstOrDefault(e => CellKind.NumberOf(e) is NumberForm.EitherPoint or NumberForm.EitherComma) ?? ""));
        return _looks.Any(l => l.Count(NumberForm.EitherPoint) > 0) && _looks.Any(l => l.Name.AsSpan().ContainsAny(Danish)) ? ',' : '.';
    }

    // A word that could be a word is empty only where the column is of another kind.
    private List<string> Empty() =>
    [
        .. _looks.SelectMany(l => l.Markers.Keys.Where(word => ColumnLook.IsSureEmpty(word) || l.NumberShare > 0.9 || l.DayShare > 0.9 || l.Share(l.Emails) > 0.9 || l.Share(l.Phones + l.MaybePhones) > 0.9)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    private bool HasLocalTimes() => _looks.Any(l => l.Dates.Keys.Any(d => d.Clock.Length > 0 && !d.Clock.EndsWith('K')));

    private Dictionary<string, string> MailActions()
    {
        var column = Find(Meaning.Action)!;
        var words = _looks.Find(l => l.Name == column.Name)!.Words.Keys;
        return words.Order(StringComparer.Ordinal).ToDictionary(word => word, word => word.ToLowerInvariant() switch
        {
            "sent" or "send" or "sendt" => "Email Sent",
            "delivered" => "Email Delivered",
            "open" or "opened" or "åbnet" => "Email Opened",
            "click" or "clicked" or "klik" or "klikket" => "Email Clicked",
            "bounce" or "bounced" => "Email Bounced",
            "unsubscribe" or "unsubscribed" or "afmeldt" => "Email Unsubscribed",
            _ => word,
        }, StringComparer.Ordinal);
    }

    private PreviewColumn? Find(Meaning meaning) => Columns.Where(c => c.Guess.Meaning == meaning && c.Guess.Confidence >= 0.5).MaxBy(c => c.Guess.Confidence);
}
