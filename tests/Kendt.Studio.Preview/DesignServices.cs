using Kendt.Studio.Data;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Kendt.Studio.Preview;

/// <summary>Puts made-up data behind every reader.</summary>
public static class DesignServices
{
    public static IServiceCollection AddDesignData(this IServiceCollection services, bool empty)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new DesignDesks(empty)).AddSingleton<ILetterDesk>(its => its.GetRequiredService<DesignDesks>()).AddSingleton<IPlanDesk>(its => its.GetRequiredService<DesignDesks>()).AddSingleton<IInletDesk>(its => its.GetRequiredService<DesignDesks>());
        services.AddSingleton<IFileDesk, DesignFiles>();
        services.AddSingleton(new DesignMatching(empty)).AddSingleton<IMatchDesk>(its => its.GetRequiredService<DesignMatching>()).AddSingleton<IHouseholdDesk>(new DesignHouseholds(empty));
        services.AddSingleton(new DesignPickups(empty)).AddSingleton<IPickupDesk>(its => its.GetRequiredService<DesignPickups>());
        services.AddSingleton(new DesignSubscriptions(empty)).AddSingleton<ISubscriptionDesk>(its => its.GetRequiredService<DesignSubscriptions>());
        services.AddSingleton<DesignMeasures>().AddSingleton<IMeasureDesk>(its => its.GetRequiredService<DesignMeasures>()).AddSingleton<IQueryDesk>(its => its.GetRequiredService<DesignMeasures>());
        services.AddSingleton<IInsightDesk>(its => new DesignInsight(empty, its.GetRequiredService<TimeProvider>()));
        if (empty) services.AddSingleton<ISegmentDesk, EmptySegments>();
        else services.AddSingleton<ISegmentDesk>(its => its.GetRequiredService<DesignData>());
        return empty ? Put<EmptyData>(services).AddSingleton<EmptySources>().AddSingleton<ISourceDesk>(its => its.GetRequiredService<EmptySources>()).AddSingleton<ILiveReader>(its => its.GetRequiredService<EmptySources>())
            : Put<DesignData>(services).AddSingleton<ISourceDesk>(its => its.GetRequiredService<DesignData>()).AddSingleton<ILiveReader>(its => its.GetRequiredService<DesignData>());
    }

    private static IServiceCollection Put<T>(IServiceCollection services)
        where T : class, IWorkspaceReader, ITodayReader, IPeopleReader, IDataReader, IDataWriter, ISegmentReader, IActivationReader, IAudienceReader, IGovernReader, IIdentityReader, IIdentityWriter =>
        services.AddSingleton<T>()
            .AddSingleton<IWorkspaceReader>(its => its.GetRequiredService<T>())
            .AddSingleton<ITodayReader>(its => its.GetRequiredService<T>())
            .AddSingleton<IPeopleReader>(its => its.GetRequiredService<T>())
            .AddSingleton<IDataReader>(its => its.GetRequiredService<T>())
            .AddSingleton<IDataWriter>(its => its.GetRequiredService<T>())
            .AddSingleton<ISegmentReader>(its => its.GetRequiredService<T>())
            .AddSingleton<IActivationReader>(its => its.GetRequiredService<T>())
            .AddSingleton<IAudienceReader>(its => its.GetRequiredService<T>())
            .AddSingleton<IGovernReader>(its => its.GetRequiredService<T>())
            .AddSingleton<IIdentityReader>(its => its.GetRequiredService<T>())
            .AddSingleton<IIdentityWriter>(its => its.GetRequiredService<T>());
}
