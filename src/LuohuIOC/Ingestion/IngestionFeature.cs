using LuohuIOC.Http.Telemetry;
using LuohuIOC.Http.Tls;
using LuohuIOC.Identity;
using LuohuIOC.Ingestion.Broker;
using LuohuIOC.Ingestion.Commands;
using LuohuIOC.Ingestion.Frames;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Ingestion.Outside;
using LuohuIOC.Ingestion.Rejections;
using LuohuIOC.Ingestion.Sparkplug;
using LuohuIOC.Ingestion.Stations;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using MQTTnet.AspNetCore;
using MQTTnet.Server;

namespace LuohuIOC.Ingestion;

public static class IngestionFeature
{
    public static WebApplicationBuilder AddIngestion(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<MqttOptions>().BindConfiguration("Mqtt").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<JournalOptions>().BindConfiguration("Journal").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<RegistrationOptions>().BindConfiguration("Registry").ValidateOnStart();
        services.AddSingleton<PublishJournal>();
        services.AddSingleton<FrameMetrics>();
        services.AddSingleton<PublishDecoder>();
        services.AddSingleton<IngestionMetrics>();
        services.AddSingleton<GatewayBoard>();
        services.AddSingleton<IGatewayPresence>(s => s.GetRequiredService<GatewayBoard>());
        services.AddOptions<SparkplugOptions>().BindConfiguration("Sparkplug").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<SparkplugHost>();
        services.AddSingleton<PacketIntake>();
        services.AddHostedService(s => s.GetRequiredService<PacketIntake>());
        services.AddSingleton<PublishIntake>();
        services.AddSingleton<BrokerIntake>();
        services.AddSingleton<ReaderTopics>();
        services.AddSingleton<BrokerEvents>();
        services.AddSingleton<PacketLimit>();
        services.AddSingleton<Newcomers>();
        services.AddCommands();
        services.AddSingleton<CommandPublisher>();
        services.AddSingleton<RejectionStore>();
        services.AddHostedService(s => s.GetRequiredService<RejectionStore>());
        services.AddHealthChecks().AddCheck<JournalHealth>("journal");
        services.AddHostedMqttServer(options => options.WithoutDefaultEndpoint());
        services.AddMqttConnectionHandler();
        services.AddConnections();
        services.AddSingleton<RefusedConnections>();
        services.AddSingleton<GatewayCertificates>();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<MqttOptions>>((kestrel, mqtt) => Listen(kestrel, mqtt.Value));
        builder.AddStations();
        builder.AddOutside();
        return builder;
    }

    private static void Listen(KestrelServerOptions kestrel, MqttOptions mqtt)
    {
        // 0: no door in clear.
        if (mqtt.Port > 0 && mqtt.Tls.Only) kestrel.ListenLocalhost(mqtt.Port, Speak);
        else if (mqtt.Port > 0) kestrel.ListenAnyIP(mqtt.Port, Speak);
        if (mqtt.Tls.Port == 0) return;
        kestrel.ListenAnyIP(mqtt.Tls.Port, listen =>
        {
            listen.UseTls("Mqtt:Tls", mqtt.Tls, listen.ApplicationServices.GetRequiredService<GatewayCertificates>().Asking());
            Speak(listen);
        });
    }

    private static void Speak(ListenOptions listen)
    {
        listen.Use(next => listen.ApplicationServices.GetRequiredService<PacketLimit>().Wrap(next));
        listen.UseMqtt();
    }

    public static WebApplication MapIngestion(this WebApplication app)
    {
        ReadingTrace.OneIn = app.Services.GetRequiredService<IOptions<TelemetryOptions>>().Value.OneIn;
        app.Services.GetRequiredService<PublishJournal>().Open(app.Services.GetRequiredService<PacketIntake>().Recover);
        app.Services.GetRequiredService<BrokerEvents>().Attach(app.Services.GetRequiredService<MqttServer>());
        app.Services.GetRequiredService<CommandSubscribers>().Attach(app.Services.GetRequiredService<MqttServer>());
        app.MapRejections();
        IngestionState.Map(app);
        app.MapCommands();
        app.MapStations();
        app.MapStationRecords();
        app.MapOutsideBroker();
        return app;
    }
}
