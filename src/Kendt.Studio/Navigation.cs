using System.Reflection;
using Microsoft.AspNetCore.Components;
using Kendt.Govern;
using MudBlazor;

namespace Kendt.Studio;

/// <summary>One entry of the menu.</summary>
/// <param name="Key">Its phrase is <c>Nav.Key</c>.</param>
/// <param name="Address">Where it leads; pages below it belong to it.</param>
/// <param name="Icon">SVG of the icon.</param>
public sealed record MenuEntry(string Key, string Address, string Icon);

/// <summary>Entries under one heading; a group without a heading has an empty key.</summary>
public sealed record MenuGroup(string Key, IReadOnlyList<MenuEntry> Entries);

/// <summary>The menu, declared once: the layout draws it, and a test holds that each entry is a page.</summary>
public static class Navigation
{
    public static IReadOnlyList<MenuGroup> Menu { get; } =
    [
        new("", [new("Today", "/", Icons.Material.Outlined.WbSunny)]),
        new("People",
        [
            new("Customers", "/people", Icons.Material.Outlined.PersonSearch),
            new("Identity", "/people/identity", Icons.Material.Outlined.Hub),
            new("Unify", "/unify", Icons.Material.Outlined.JoinInner),
            new("Segments", "/segments", Icons.Material.Outlined.Workspaces),
            new("Funnels", "/funnels", Icons.Material.Outlined.FilterAlt),
            new("Cohorts", "/cohorts", Icons.Material.Outlined.GridOn),
            new("Measures", "/measures", Icons.Material.Outlined.Functions),
        ]),
        new("Audiences", [new("Devices", "/devices", Icons.Material.Outlined.Devices)]),
        new("Data",
        [
            new("Sources", "/sources", Icons.Material.Outlined.Sensors),
            new("Live", "/data/live", Icons.Material.Outlined.Stream),
            new("Imports", "/imports", Icons.Material.Outlined.UploadFile),
            new("Pickups", "/data/pickups", Icons.Material.Outlined.DriveFolderUpload),
            new("DeadLetters", "/data/rejected", Icons.Material.Outlined.MarkEmailUnread),
            new("Plans", "/data/plans", Icons.Material.Outlined.Rule),
            new("Webhooks", "/data/webhooks", Icons.Material.Outlined.Webhook),
            new("Tables", "/data/tables", Icons.Material.Outlined.TableRows),
            new("Jobs", "/jobs", Icons.Material.Outlined.Checklist),
            new("Query", "/query", Icons.Material.Outlined.Terminal),
        ]),
        new("Activation",
        [
            new("Destinations", "/destinations", Icons.Material.Outlined.Output),
            new("Subscriptions", "/subscriptions", Icons.Material.Outlined.NotificationsActive),
            new("Deliveries", "/deliveries", Icons.Material.Outlined.LocalShipping),
        ]),
        new("Governance",
        [
            new("Consent", "/consent", Icons.Material.Outlined.VerifiedUser),
            new("Members", "/members", Icons.Material.Outlined.Badge),
            new("Audit", "/audit", Icons.Material.Outlined.History),
        ]),
    ];

    /// <summary>What one must be allowed to see each address of the menu: what its page says.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<Permission>> Needs { get; } = typeof(Navigation).Assembly.GetTypes()
        .SelectMany(page => page.GetCustomAttributes<RouteAttribute>().Select(route => (route.Template, Needs: page.GetCustomAttributes<NeedsAttribute>())))
        .ToDictionary(page => page.Template, page => (IReadOnlyList<Permission>)[.. page.Needs.Select(need => need.Permission)], StringComparer.Ordinal);

    /// <summary>The entry that an address belongs to; null for pages outside the menu.</summary>
    public static MenuEntry? Of(string address)
    {
        var path = "/" + address.Split('?', '#')[0].Trim('/');
        return Menu.SelectMany(group => group.Entries).OrderByDescending(entry => entry.Address.Length)
            .FirstOrDefault(entry => path == entry.Address || (entry.Address != "/" && path.StartsWith(entry.Address + "/", StringComparison.Ordinal)));
    }
}
