using System.Globalization;
using Kendt.Studio.Preview;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace Kendt.Studio.Tests;

/// <summary>Studio's services with made-up data, at a fixed moment, in English unless said otherwise.</summary>
public abstract class StudioContext : BunitContext
{
    protected static readonly DateTimeOffset Moment = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    protected StudioContext(bool empty = false)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en-GB");
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddLogging();
        Services.AddSingleton<TimeProvider>(Time);
        Services.AddStudioParts(new());
        Services.AddDesignData(empty);
        AddAuthorization().SetAuthorized("Signe Holm").SetRoles("Admin");
        this.AddBunitPersistentComponentState();
    }

    protected FakeTimeProvider Time { get; } = new(Moment);

    protected DesignData Design => Services.GetRequiredService<DesignData>();

    protected static void Speak(string language) => CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);

    /// <summary>Renders a page as if its address had been opened.</summary>
    protected IRenderedComponent<T> Open<T>(string address, params (string Name, object Value)[] parameters) where T : IComponent
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<T>(builder =>
        {
            foreach (var (name, value) in parameters) builder.TryAdd(name, value);
        });
    }

    /// <summary>Puts something else in the place of a reader.</summary>
    protected void Instead<T>(T reader) where T : class => Services.Replace(ServiceDescriptor.Singleton(reader));

    protected string Address => "/" + Services.GetRequiredService<NavigationManager>().ToBaseRelativePath(Services.GetRequiredService<NavigationManager>().Uri);
}
