import { Component, type ReactNode } from 'react';

interface GuardProps {
  readonly onFailure: (error: unknown) => void;
  readonly children: ReactNode;
}

/** Draws nothing more once a part of the screen has thrown, and tells of it. */
export class Guard extends Component<GuardProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidCatch(error: unknown): void {
    this.props.onFailure(error);
  }

  override render(): ReactNode {
    return this.state.failed ? null : this.props.children;
  }
}
