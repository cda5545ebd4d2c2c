using System.Text;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>What a column of a meaning is used for in a mapping; no path is given twice.</summary>
internal sealed class MeaningUses(MappingChoice choice)
{
    private readonly HashSet<string> _traits = new(StringComparer.Ordinal), _properties = new(StringComparer.Ordinal), _lines = new(StringComparer.Ordinal), _consents = new(StringComparer.Ordinal);
    private bool _hasDevice, _hasKeyed;

    public bool HasLine(string name) => _lines.Contains(name);

    /// <summary>The members of the column's entry.</summary>
    public string Of(ColumnChoice column)
    {
        if (column.Meaning is Meaning.Ignore or Meaning.PersonalNumber) return "ignore: true";
        return choice.Rows switch
        {
            RowsAre.Devices => OfDevice(column),
            RowsAre.Events => OfEvent(column),
            _ => OfRecord(column),
        };
    }

    private string OfRecord(ColumnChoice column) => column.Meaning switch
    {
        Meaning.Email => Identify(Identifier.Email, "email"),
        Meaning.Phone => Identify(Identifier.Phone, "phone"),
        Meaning.CustomerNo => Identify(Identifier.UserId, null),
        Meaning.LoyaltyNo => Identify(Identifier.LoyaltyNo, null),
        Meaning.AnonymousId => Identify(Identifier.AnonymousId, null),
        Meaning.AccountNo => choice.IsAccount ? Identify(Identifier.AccountNo, null) : Once(ref _hasKeyed) ? "account: true" : Trait(Camel(column.Name), column.Type),
        Meaning.ConsentState when _consents.Add("state") => "consent: state",
        Meaning.ConsentPurpose when _consents.Add("purpose") => "consent: purpose",
        Meaning.ConsentTime when _consents.Add("time") => "consent: time",
        Meaning.Created => Trait("createdAt", Day(column.Type)),
        Meaning.Updated => Trait("updatedAt", Day(column.Type)),
        _ => Trait(TraitOf(column), TypeOf(column)),
    };

    private string OfEvent(ColumnChoice column)
    {
        var isLine = choice.HasLines;
        return column.Meaning switch
        {
            Meaning.Email => $"identifier: {Identifier.Email}",
            Meaning.Phone => $"identifier: {Identifier.Phone}",
            Meaning.CustomerNo => $"identifier: {Identifier.UserId}",
            Meaning.LoyaltyNo => $"identifier: {Identifier.LoyaltyNo}",
            Meaning.AnonymousId => $"identifier: {Identifier.AnonymousId}",
            Meaning.FirstName or Meaning.LastName or Meaning.FullName or Meaning.Birthday or Meaning.Gender or Meaning.Street or Meaning.PostalCode or Meaning.City or Meaning.Region or Meaning.Country => Trait(TraitOf(column), TypeOf(column)),
            Meaning.ProductNo => isLine ? Line("product_id", column) : Property("product_id", column.Type),
            Meaning.ProductName => isLine ? Line("name", column) : Property("product", column.Type),
            Meaning.Category => isLine ? Line("category", column) : Property("category", column.Type),
            Meaning.Quantity => isLine ? Line("quantity", column) : Property("quantity", ColumnType.Number),
            Meaning.Price => isLine ? Line("price", column) : Property("price", ColumnType.Number),
            Meaning.Discount => isLine ? Line("discount", column) : Property("discount", ColumnType.Number),
            // Of an order's lines each may say the whole, or its own part: which, nobody can see.
            Meaning.Amount => isLine ? Line("amount", column) : Property(choice.Activity == Activity.Orders ? "total" : "amount", ColumnType.Number),
            Meaning.OrderNo => Property("order_id", ColumnType.Text),
            Meaning.TicketNo => Property("ticket_id", ColumnType.Text),
            Meaning.Action when choice.EventName.Length == 0 => "ignore: true",
            Meaning.Time or Meaning.Created when choice.Time == column.Name => "ignore: true",
            Meaning.Currency => Property("currency", ColumnType.Text),
            Meaning.Url => Property("url", ColumnType.Text),
            _ => Property(Snake(column.Name), column.Meaning is Meaning.Time or Meaning.Created or Meaning.Updated ? Day(column.Type) : column.Type),
        };
    }

    private string OfDevice(ColumnChoice column) => column.Meaning switch
    {
        Meaning.Device or Meaning.AnonymousId when Once(ref _hasDevice) => $"identifier: {Identifier.Device}",
        Meaning.Audiences when Once(ref _hasKeyed) => "audience: list",
        Meaning.DeviceKind when _traits.Add("kind") => "trait: kind",
        Meaning.Country when _traits.Add("country") => "trait: country",
        Meaning.Region when _traits.Add("region") => "trait: region",
        Meaning.Score when _traits.Add("score") => "trait: score, type: number",
        _ => "ignore: true",
    };

    private string TraitOf(ColumnChoice column) => column.Meaning switch
    {
        Meaning.FirstName => "firstName",
        Meaning.LastName => "lastName",
        Meaning.FullName => choice.IsAccount ? "company.name" : "name",
        Meaning.Birthday => "birthday",
        Meaning.Gender => "gender",
        Meaning.Language => "language",
        Meaning.Street => "address.street",
        Meaning.PostalCode => "address.postalCode",
        Meaning.City => "address.city",
        Meaning.Region => "address.region",
        Meaning.Country => "address.country",
        Meaning.Company => "company.name",
        Meaning.CompanyNo => "company.cvr",
        _ => Camel(column.Name),
    };

    private static ColumnType TypeOf(ColumnChoice column) => column.Meaning switch
    {
        Meaning.Birthday => ColumnType.Date,
        Meaning.FirstName or Meaning.LastName or Meaning.FullName or Meaning.Gender or Meaning.Street or Meaning.PostalCode or Meaning.City or Meaning.Region or Meaning.Country or Meaning.CompanyNo => ColumnType.Text,
        Meaning.Quantity or Meaning.Price or Meaning.Discount or Meaning.Amount or Meaning.Score => ColumnType.Number,
        _ => column.Type,
    };

    private static ColumnType Day(ColumnType type) => type is ColumnType.Date ? ColumnType.Date : ColumnType.Time;

    private string Identify(string type, string? trait) => trait is not null && Free(_traits, trait) ? $"identifier: {type}, trait: {Take(_traits, trait)}" : $"identifier: {type}";

    private string Trait(string path, ColumnType type) => $"trait: {Quoted(Take(_traits, path))}{Typed(type)}";

    private string Property(string path, ColumnType type) => $"property: {Quoted(Take(_properties, path))}{Typed(type)}";

    private string Line(string name, ColumnChoice column) => $"line: {Quoted(Take(_lines, name))}{Typed(TypeOf(column))}";

    private static string Typed(ColumnType type) => type == ColumnType.Text ? "" : $", type: {type.ToString().ToLowerInvariant()}";

    private static bool Once(ref bool done) => !done && (done = true);

    // A path is a value or holds others, never both.
    private static bool Free(HashSet<string> taken, string path) =>
        !taken.Contains(path) && !taken.Any(t => t.StartsWith(path + ".", StringComparison.Ordinal) || path.StartsWith(t + ".", StringComparison.Ordinal));

    private static string Take(HashSet<string> taken, string path)
    {
        var free = path;
        for (var n = 2; !Free(taken, free); n++) free = path.Replace('.', '_') + n.ToString(System.Globalization.CultureInfo.InvariantCulture);
        taken.Add(free);
        return free;
    }

    private static string Camel(string name) => string.Join('.', Parts(name).Select(part => string.Concat(part.Select((word, i) => i == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]))));

    private static string Snake(string name) => string.Join('.', Parts(name).Select(part => string.Join('_', part)));

    // The words of each part between dots; letters of any language stay.
    private static List<List<string>> Parts(string name)
    {
        var parts = new List<List<string>>();
        foreach (var part in name.Split('.'))
        {
            var words = new List<string>();
            var word = new StringBuilder();
            for (var i = 0; i <= part.Length; i++)
            {
                var isLetter = i < part.Length && (char.IsLetterOrDigit(part[i]));
                var begins = isLetter && i > 0 && char.IsUpper(part[i]) && char.IsLower(part[i - 1]);
                if ((!isLetter || begins) && word.Length > 0)
                {
                    words.Add(word.ToString().ToLowerInvariant());
                    word.Clear();
                }
                if (isLetter && word.Length < 60) word.Append(part[i]);
            }
            if (words.Count > 0) parts.Add(words);
        }
        if (parts.Count == 0) parts.Add(["column"]);
        // A path has a bound of its own.
        return parts.Sum(p => p.Sum(w => w.Length + 1)) > 120 ? [["column", .. parts[^1].Take(1).Select(w => w.Length > 40 ? w[..40] : w)]] : parts;
    }

    private static string Quoted(string path) => path.All(c => char.IsLetterOrDigit(c) || c is '.' or '_') && !char.IsDigit(path[0]) && path is not ("null" or "true" or "false" or "yes" or "no" or "y" or "n" or "on" or "off") ? path : $"\"{path}\"";
}
