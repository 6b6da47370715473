using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace TriageWorker.Testing;

/// <summary>
/// A RabbitMQ broker of the tests' own: node name, ports, cookie, port mapper and files are its own, everything listens on
/// loopback only. It takes some ten seconds to start, so take it as an assembly or class fixture. Tests may stop and
/// start it again; queues and messages survive that.
/// </summary>
public sealed class RabbitMqFixture : IAsyncLifetime
{
    private const string Programs = "/usr/lib/rabbitmq/bin";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = Loopback.FreePort(), _distribution = Loopback.FreePort(), _mapper = Loopback.FreePort();
    private Process? _broker, _portMapper;

    public Uri Uri => new($"amqp://guest:guest@127.0.0.1:{_port}/");

    /// <summary>The broker's; 0 when it does not run.</summary>
    public int ProcessId => _broker?.Id ?? 0;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Path.Combine(Programs, "rabbitmq-server"))) throw new FileNotFoundException("RabbitMQ is not installed (Debian: rabbitmq-server).");
        await File.WriteAllTextAsync(_folder.At("rabbitmq.conf"),
            $"""
             listeners.tcp.local = 127.0.0.1:{_port}
             loopback_users.guest = true
             log.file.level = warning
             log.console = false
             """ + "\n");
        await File.WriteAllTextAsync(_folder.At("advanced.config"), "[{kernel, [{inet_dist_use_interface, {127,0,0,1}}]}].\n");
        await File.WriteAllTextAsync(_folder.At("enabled_plugins"), "[].\n");
        // Erlang would start one as a daemon that nobody ends.
        _portMapper = Start("epmd", "-address", "127.0.0.1", "-port", _mapper.ToString(CultureInfo.InvariantCulture));
        await StartAsync();
    }

    /// <summary>Starts the broker on the same ports and files; returns when it accepts connections.</summary>
    public async Task StartAsync()
    {
        _broker = Start(Path.Combine(Programs, "rabbitmq-server"));
        await GreetingAsync();
    }

    /// <summary>Stops the broker as an administrator would.</summary>
    public async Task StopAsync()
    {
        if (_broker is null) return;
        await EndAsync(_broker);
        _broker = null;
    }

    /// <summary>Ends the broker as a power cut would; what it has confirmed is on its disk.</summary>
    public async Task KillAsync()
    {
        if (_broker is null) return;
        _broker.Kill();
        await _broker.WaitForExitAsync();
        _broker.Dispose();
        _broker = null;
    }

    /// <summary>The broker's process stays and its application stops (<c>rabbitmqctl stop_app</c>), as when a node is taken out of service.</summary>
    public Task StopApplicationAsync() => ControlAsync("stop_app");

    /// <summary>Returns when it accepts connections again.</summary>
    public async Task StartApplicationAsync()
    {
        await ControlAsync("start_app");
        await GreetingAsync();
    }

    /// <summary>The broker hangs: connections stay open and nothing answers.</summary>
    public async Task PauseAsync() => await UnixSignal.SendAsync("STOP", _broker!.Id);

    public async Task ResumeAsync() => await UnixSignal.SendAsync("CONT", _broker!.Id);

    /// <summary>Asks the broker itself; for example <c>list_queues name type messages</c>.</summary>
    public async Task<string> ControlAsync(params string[] arguments) =>
        (await ExternalTool.RunAsync(Path.Combine(Programs, "rabbitmqctl"), ["--quiet", "--node", Node, .. arguments], Environment())).Expect().Output;

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_portMapper is not null) await EndAsync(_portMapper);
        _folder.Dispose();
    }

    private string Node => $"triage_{_port}@localhost";

    private Dictionary<string, string> Environment() => new()
    {
        ["HOME"] = _folder.Path, // its cookie
        ["RABBITMQ_NODENAME"] = Node,
        ["RABBITMQ_DIST_PORT"] = _distribution.ToString(CultureInfo.InvariantCulture),
        ["RABBITMQ_MNESIA_BASE"] = _folder.At("data"),
        ["RABBITMQ_LOG_BASE"] = _folder.At("log"),
        ["RABBITMQ_CONFIG_FILE"] = _folder.At("rabbitmq.conf"),
        ["RABBITMQ_ADVANCED_CONFIG_FILE"] = _folder.At("advanced.config"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = _folder.At("enabled_plugins"),
        ["RABBITMQ_CONF_ENV_FILE"] = _folder.At("none.conf"),
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["ERL_EPMD_PORT"] = _mapper.ToString(CultureInfo.InvariantCulture),
        ["ERL_MAX_PORTS"] = "4096",
        ["RUNNING_UNDER_SYSTEMD"] = "true", // the script then becomes the server, so that its process id is the server's
    };

    private Process Start(string program, params string[] arguments)
    {
        var process = ExternalTool.Start(program, arguments, Environment());
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task GreetingAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await GreetsAsync(patience.Token))
        {
            if (_broker is { HasExited: true }) throw new InvalidOperationException($"RabbitMQ ended with {_broker.ExitCode} while it started:\n{Log()}");
            await Task.Delay(100, patience.Token);
        }
    }

    private static async Task EndAsync(Process process)
    {
        if (!process.HasExited) await ExternalTool.RunAsync("kill", "-TERM", process.Id.ToString(CultureInfo.InvariantCulture));
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
        process.Dispose();
    }

    // AMQP 0-9-1, 4.2.2: the server answers the protocol header with connection.start, a method frame (type 1).
    private async Task<bool> GreetsAsync(CancellationToken stop)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _port, stop);
            await client.GetStream().WriteAsync("AMQP\0\0\x09\x01"u8.ToArray(), stop);
            var first = new byte[1];
            return await client.GetStream().ReadAsync(first, stop) == 1 && first[0] == 1;
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return false;
        }
    }

    private string Log() => Directory.Exists(_folder.At("log"))
        ? string.Join('\n', Directory.EnumerateFiles(_folder.At("log"), "*.log").SelectMany(File.ReadLines).TakeLast(20))
        : "(no log)";
}
