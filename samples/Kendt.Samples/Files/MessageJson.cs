using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kendt.Samples;

/// <summary>Writes messages as the tracking API takes them, one JSON object a line.</summary>
internal sealed class MessageJson(Stream stream, World world) : IDisposable
{
    private static readonly (string Url, double Share)[] Referrers =
        [("https://search.example/", 0.5), ("https://social.example/", 0.2), ("https://friluftsliv.example/test", 0.1), ("", 0.2)];

    private static readonly double[] ReferrerShares = [.. Referrers.Select(referrer => referrer.Share)];

    private readonly Utf8JsonWriter json = new(
        stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    public void Write(Message message, string id)
    {
        var visit = message.Visit;
        json.WriteStartObject();
        json.WriteString("type", message.Type);
        json.WriteString("messageId", id);
        if (message.Return is null || visit.Account is null) json.WriteString("anonymousId", visit.Device.AnonymousId);
        if (message.SignedIn) json.WriteString("userId", visit.Account!.UserId);
        if (message.Type == "group") json.WriteString("groupId", visit.Company!.Account);
        json.WriteString("timestamp", Written.IsoMilliseconds(message.At));
        switch (message.Type)
        {
            case "track": Track(message); break;
            case "page": Page(message); break;
            case "identify": Traits(message.Card!, withAddress: visit.Errand != Errand.Browse); break;
            case "group": Group(visit.Company!); break;
        }

        if (message.Return is null) Context(message);
        json.WriteEndObject();
        json.Flush();
        json.Reset();
        stream.WriteByte((byte)'\n');
    }

    public void Dispose() => json.Dispose();

    private void Track(Message message)
    {
        json.WriteString("event", message.Event);
        json.WriteStartObject("properties");
        switch (message.Event)
        {
            case "Product Viewed" or "Product Added":
                Product(message.Product!);
                break;
            case "Products Searched":
                json.WriteString("query", message.Visit.Search);
                break;
            case "Checkout Started":
                json.WriteNumber("value", message.Visit.Purchase!.Total);
                json.WriteString("currency", "DKK");
                break;
            case "Order Completed":
                Order(message.Visit);
                break;
            case "Order Refunded":
                json.WriteString("order_id", world.NumberOf(message.Return!.Purchase));
                json.WriteString("product_id", message.Return.Line.Product.Id);
                json.WriteNumber("total", message.Return.Line.Total);
                json.WriteString("currency", "DKK");
                break;
            case "Newsletter Subscribed":
                json.WriteString("email", message.Visit.Email);
                break;
        }

        json.WriteEndObject();
    }

    private void Product(Product product)
    {
        json.WriteString("product_id", product.Id);
        json.WriteString("name", product.Name);
        json.WriteString("category", product.Category.Name);
        json.WriteNumber("price", product.Price);
    }

    private void Order(Visit visit)
    {
        var order = visit.Purchase!;
        var shipping = order.Total < 499 ? 39m : 0m;
        json.WriteString("order_id", world.NumberOf(order));
        json.WriteNumber("total", order.Total + shipping);
        json.WriteNumber("revenue", order.Total);
        json.WriteNumber("shipping", shipping);
        json.WriteString("currency", "DKK");
        json.WriteStartArray("products");
        foreach (var line in order.Lines)
        {
            json.WriteStartObject();
            json.WriteString("product_id", line.Product.Id);
            json.WriteString("name", line.Product.Name);
            json.WriteString("category", line.Product.Category.Name);
            json.WriteNumber("price", line.Price);
            json.WriteNumber("quantity", line.Quantity);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void Page(Message message)
    {
        json.WriteString("name", message.Event);
        json.WriteStartObject("properties");
        json.WriteString("path", message.Path);
        json.WriteEndObject();
    }

    private void Traits(Card card, bool withAddress)
    {
        json.WriteStartObject("traits");
        Given("email", card.Email);
        Given("firstName", card.First);
        Given("lastName", card.Last);
        Given("phone", card.Phone);
        if (withAddress && card.Street.Length > 0)
        {
            json.WriteStartObject("address");
            json.WriteString("street", card.Street);
            Given("postalCode", card.Postcode);
            json.WriteString("city", card.City);
            json.WriteString("country", card.Country);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void Group(Company company)
    {
        json.WriteStartObject("traits");
        json.WriteString("name", company.Name);
        json.WriteString("industry", company.Industry);
        json.WriteNumber("employees", company.Employees);
        json.WriteEndObject();
    }

    private void Context(Message message)
    {
        var visit = message.Visit;
        json.WriteStartObject("context");
        json.WriteStartObject("page");
        json.WriteString("url", $"{Site.Root}{message.Path}");
        if (message.Type == "page")
        {
            json.WriteString("path", message.Path);
            json.WriteString("title", message.Event);
        }

        if (message.First) Given("referrer", Referrer(visit));
        json.WriteEndObject();
        json.WriteString("userAgent", visit.Device.Kind.UserAgent);
        json.WriteString("locale", visit.Account?.Person.Danish == false ? "en-GB" : "da-DK");
        if (visit.Campaign is { } campaign && message.First)
        {
            json.WriteStartObject("campaign");
            json.WriteString("name", campaign.Slug);
            json.WriteString("source", "newsletter");
            json.WriteString("medium", "email");
            json.WriteEndObject();
        }

        json.WriteString("ip", visit.Device.Ip);
        if (visit.Company is not null && message.SignedIn) json.WriteString("groupId", visit.Company.Account);
        json.WriteEndObject();
    }

    private string Referrer(Visit visit) => visit.Campaign is not null
        ? ""
        : Referrers[Dice.For(world.Setting.Options.Seed, visit.Device.AnonymousId, visit.At.Ticks).Weighted(ReferrerShares)].Url;

    private void Given(string name, string value)
    {
        if (value.Length > 0) json.WriteString(name, value);
    }
}
