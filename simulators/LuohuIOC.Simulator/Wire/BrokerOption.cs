using System.CommandLine;
using System.Globalization;
using LuohuIOC.Simulator.Language;

namespace LuohuIOC.Simulator.Wire;

/// <summary>Where the broker listens.</summary>
public sealed record BrokerAddress(string Host, int Port)
{
    public override string ToString() => $"{Host}:{Port}";
}

/// <summary><c>--broker host:port</c>, by default the broker of this machine.</summary>
internal sealed class BrokerOption : Option<BrokerAddress>
{
    public BrokerOption(Wording texts)
        : base("--broker")
    {
        Description = texts["option.broker"];
        DefaultValueFactory = _ => new BrokerAddress("127.0.0.1", 1883);
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            var colon = text.LastIndexOf(':');
            if (colon < 0) return new BrokerAddress(text, 1883);
            if (int.TryParse(text.AsSpan(colon + 1), CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535)
                return new BrokerAddress(text[..colon], port);
            result.AddError(texts["option.broker.invalid", text]);
            return null;
        };
    }
}
