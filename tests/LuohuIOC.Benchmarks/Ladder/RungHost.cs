using LuohuIOC.Alerts;
using LuohuIOC.History;
using LuohuIOC.Http;
using LuohuIOC.Identity;
using LuohuIOC.Ingestion;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Wall;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MQTTnet.AspNetCore;
using MQTTnet.Server;

namespace LuohuIOC.Benchmarks.Ladder;

/// <summary>Serves one rung in a process of its own: <c>serve RUNG --Section:Key=value …</c>.</summary>
internal static class RungHost
{
    public static async Task<int> RunAsync(Rung rung, string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.AddHttp();
        builder.AddIdentity();
        if (rung == Rung.Bare) AddBare(builder);
        else
        {
            builder.AddRegistry();
            builder.AddIngestion();
        }
        if (rung >= Rung.Grains)
        {
            builder.AddSensing();
            builder.AddAlerts();
            builder.AddHistory();
            builder.AddWall();
        }

        await using var app = builder.Build();
        app.MapHttp();
        app.MapIdentity();
        if (rung == Rung.Bare) MapBare(app);
        else
        {
            app.MapRegistry();
            app.MapIngestion();
        }
        if (rung == Rung.Journal) Discard(app);
        if (rung >= Rung.Grains)
        {
            app.MapSensing();
            app.MapAlerts();
            app.MapHistory();
            app.MapWall();
        }
        if (rung == Rung.Grains) Judge(app);
        await app.RunAsync();
        return 0;
    }

    private static void AddBare(WebApplicationBuilder builder)
    {
        builder.AddRegistry();
        builder.Services.AddHostedMqttServer(options => options.WithoutDefaultEndpoint());
        builder.Services.AddMqttConnectionHandler();
        builder.Services.AddConnections();
        builder.WebHost.ConfigureKestrel((context, kestrel) =>
            kestrel.ListenAnyIP(context.Configuration.GetValue("Mqtt:Port", 1883), listen => listen.UseMqtt()));
    }

    private static void MapBare(WebApplication app) =>
        app.Services.GetRequiredService<MqttServer>().InterceptingPublishAsync += publish =>
        {
            publish.ProcessPublish = false;
            return Task.CompletedTask;
        };

    // Forgotten by the thousand, as history does it: each time looks at every mark that is kept.
    private static void Judge(WebApplication app)
    {
        var journal = app.Services.GetRequiredService<PublishJournal>();
        var judged = 0;
        app.Services.GetRequiredService<SensorDispatcher>().Next = group =>
        {
            if (Interlocked.Increment(ref judged) % 4_096 == 0) journal.Forget(group.Position);
            group.Release();
        };
    }

    // Groups that nobody judges would fill the backlog and stop the publishers.
    private static void Discard(WebApplication app)
    {
        var journal = app.Services.GetRequiredService<PublishJournal>();
        app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() => _ = Task.Run(async () =>
        {
            await foreach (var group in journal.Committed.ReadAllAsync())
            {
                journal.Sensed(group);
                group.Release();
            }
        }));
    }
}
