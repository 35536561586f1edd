using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using MQTTnet;
using MQTTnet.Exceptions;

namespace LuohuIOC.Ingestion.Outside;

/// <summary>Why there is no connection. Texts for people stand under <c>ready.outside-…</c>.</summary>
internal enum OutsideFaultKind
{
    /// <summary>Nobody answers at the address.</summary>
    Unreachable,

    /// <summary>User, password or certificate is not accepted.</summary>
    Refused,

    /// <summary>The broker's certificate is not to be trusted.</summary>
    Untrusted,

    /// <summary>No encrypted connection came about for another reason.</summary>
    Encryption,

    /// <summary>The broker does not let this user read what it must read.</summary>
    Subscription,

    /// <summary>Another client has connected with this client id.</summary>
    TakenOver,

    /// <summary>The connection has ended.</summary>
    Closed,

    /// <summary>What came could not be stored.</summary>
    Storing,
}

/// <summary>What happened and, where it is known, what to do about it: one sentence each.</summary>
internal sealed record OutsideFault(OutsideFaultKind Kind, string What)
{
    public static OutsideFault OfAnswer(MqttClientConnectResult answer, OutsideOptions options) => answer.ResultCode switch
    {
        MqttClientConnectResultCode.BadUserNameOrPassword or MqttClientConnectResultCode.NotAuthorized or MqttClientConnectResultCode.Banned => new OutsideFault(
            OutsideFaultKind.Refused,
            $"the broker refuses user '{options.User}' ({answer.ResultCode}). Check Mqtt:Outside:User and its password, and the broker's list of users"),
        MqttClientConnectResultCode.UnsupportedProtocolVersion => new OutsideFault(
            OutsideFaultKind.Refused, $"the broker does not speak MQTT {options.Version}. Set Mqtt:Outside:Version to the other of 5 and 3.1.1"),
        _ => new OutsideFault(OutsideFaultKind.Refused, $"the broker answers {answer.ResultCode}{(string.IsNullOrEmpty(answer.ReasonString) ? "" : $": {answer.ReasonString}")}"),
    };

    public static OutsideFault OfError(Exception thrown, OutsideAddress address, OutsideOptions options, ServerTrust trust)
    {
        if (trust.Fault is { } untrusted) return new OutsideFault(OutsideFaultKind.Untrusted, untrusted);
        var causes = Causes(thrown).ToList();
        if (causes.OfType<OutsideFaultException>().FirstOrDefault() is { } known) return known.Fault;
        if (causes.OfType<SocketException>().FirstOrDefault() is { } socket && IsNobody(socket.SocketErrorCode))
            return new OutsideFault(OutsideFaultKind.Unreachable, $"nobody answers at {address} ({socket.SocketErrorCode}). Check Mqtt:Outside:Url, and that the broker runs and may be reached");
        if (causes.FirstOrDefault(e => e is AuthenticationException or CryptographicException) is { } tls) return OfHandshake(tls.Message, options);
        if (thrown is OperationCanceledException)
            return new OutsideFault(OutsideFaultKind.Unreachable, $"{address} does not answer in time. Check the network and that an MQTT broker listens there");
        if (address.IsTls) return OfHandshake(thrown.Message, options);
        return new OutsideFault(OutsideFaultKind.Closed, $"the connection has ended ({causes[0].Message}). If it ends again at once: a port for TLS needs an mqtts:// address");
    }

    /// <summary>A connection that was there has failed; what is no loss of a connection is a defect and is told with its stack.</summary>
    public static OutsideFault OfLoss(Exception thrown, ILogger log)
    {
        if (thrown is not (MqttCommunicationException or TimeoutException or IOException or ObjectDisposedException or OperationCanceledException))
            log.LogError(thrown, "Outside broker: the connection is given up because of a defect");
        return new OutsideFault(OutsideFaultKind.Closed, $"the connection has ended ({thrown.Message})");
    }

    private static OutsideFault OfHandshake(string message, OutsideOptions options) => new(
        OutsideFaultKind.Encryption,
        options.CertificateFile.Length == 0
            ? $"no encrypted connection ({message}). If the broker asks for a client's certificate, give Mqtt:Outside:CertificateFile; if it has no TLS, use mqtt://"
            : $"no encrypted connection ({message}). The broker may not accept the certificate in Mqtt:Outside:CertificateFile: check its issuer and dates");

    // Other errors of the socket come when somebody took the connection and ended it.
    private static bool IsNobody(SocketError error) => error is SocketError.ConnectionRefused or SocketError.TimedOut or SocketError.HostNotFound or SocketError.NoData
        or SocketError.TryAgain or SocketError.HostUnreachable or SocketError.HostDown or SocketError.NetworkUnreachable or SocketError.NetworkDown or SocketError.AccessDenied;

    // Innermost first.
    private static IEnumerable<Exception> Causes(Exception e) => (e.InnerException is { } inner ? Causes(inner) : []).Append(e);
}

/// <summary>A fault on its way to the loop that tries again.</summary>
internal sealed class OutsideFaultException(OutsideFault fault) : Exception(fault.What)
{
    public OutsideFault Fault { get; } = fault;
}
