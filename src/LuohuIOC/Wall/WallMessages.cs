using LuohuIOC.Alerts;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Texts;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace LuohuIOC.Wall;

/// <summary>One alert on its way to all browsers: encoded once for each protocol and language, whoever needs it first.</summary>
internal sealed class AlertNotice(AlertView view)
{
    private readonly SerializedHubMessage _chinese = new(new InvocationMessage("alert", [view]));
    private SerializedHubMessage? _english;

    public SerializedHubMessage In(string language) => language == TextBook.Chinese
        ? _chinese : _english ??= new SerializedHubMessage(new InvocationMessage("alert", [view.In(language)]));
}

/// <summary>
/// The sensors that changed within one tick, in messages of at most <see cref="MessageMax"/>, so that an alert never waits behind
/// a large one. Encoded once for all browsers that keep pace.
/// </summary>
internal sealed class ReadingsFrame
{
    public const int MessageMax = 500;

    private readonly SerializedHubMessage[] _messages;

    public ReadingsFrame(int[] sensors, SensorRegistry registry, LatestBoard latest)
    {
        Sensors = sensors;
        _messages = [.. sensors.Chunk(MessageMax).Select(chunk => MessageOf(chunk, registry, latest))];
    }

    public int[] Sensors { get; }

    public int Messages => _messages.Length;

    public SerializedHubMessage this[int message] => _messages[message];

    /// <summary>A message with the latest readings as they are now: older ones of a slow browser are skipped, not sent late.</summary>
    public static SerializedHubMessage MessageOf(IEnumerable<int> sensors, SensorRegistry registry, LatestBoard latest)
    {
        var views = new List<ReadingView>(MessageMax);
        foreach (var sensor in sensors)
            if (latest[sensor] is { } reading) views.Add(new ReadingView(registry[sensor], reading));
        return new SerializedHubMessage(new InvocationMessage("readings", [views]));
    }
}
